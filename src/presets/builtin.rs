//! The built-in files, embedded. A test holds these lists against the folders.

/// File name without ending, and content.
pub(super) type Embedded = &'static [(&'static str, &'static str)];

macro_rules! embed {
    ($folder:literal: $($name:literal)*) => {
        &[$(($name, include_str!(concat!("../../presets/", $folder, "/", $name, ".toml")))),*]
    };
}

/// Providers in the order in which a list shows them.
pub(super) const PROVIDERS: Embedded = embed!("providers":
    "gmail" "google-workspace" "microsoft365" "outlook" "yahoo"
    "ovh" "gandi" "infomaniak" "ionos-de" "ionos-com" "ionos-fr"
    "zoho-eu" "zoho-eu-pro" "zoho-com" "zoho-com-pro"
    "proton-bridge" "brevo" "mailjet" "localhost"
);

/// Targets in the order in which a list shows them.
pub(super) const TARGETS: Embedded = embed!("targets":);

/// Causes, by label.
pub(super) const CAUSES: Embedded = embed!("causes":);
