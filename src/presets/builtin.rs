//! The built-in files, embedded. A test holds these lists against the folders.

/// File name without ending, and content.
pub(super) type Embedded = &'static [(&'static str, &'static str)];

macro_rules! embed {
    ($folder:literal: $($name:literal)*) => {
        &[$(($name, include_str!(concat!("../../presets/", $folder, "/", $name, ".toml")))),*]
    };
}

/// Texts by language, English first.
pub(super) const TEXTS: Embedded =
    &[("en", include_str!("../../presets/text/en.ftl")), ("fr", include_str!("../../presets/text/fr.ftl"))];

/// What is known of networks that block mail.
pub(super) const EGRESS: &str = include_str!("../../presets/egress.toml");

/// Filters that take mail in front of its hoster.
pub(super) const GATEWAYS: &str = include_str!("../../presets/gateways.toml");

/// Providers in the order in which a list shows them.
pub(super) const PROVIDERS: Embedded = embed!("providers":
    "gmail" "google-workspace" "google-workspace-relay" "microsoft365" "outlook" "yahoo" "icloud" "proton-bridge" "proton-smtp"
    "ovh" "ovh-pro" "ovh-exchange" "ovh-ca" "gandi" "infomaniak" "ionos-de" "ionos-com" "ionos-fr" "ionos-co-uk" "ionos-es"
    "ionos-it" "zoho-eu" "zoho-eu-pro" "zoho-com" "zoho-com-pro" "zoho-in" "zoho-in-pro" "hetzner" "strato" "all-inkl"
    "mittwald" "domainfactory" "o2switch" "one-com" "aruba" "hostinger" "titan" "namecheap" "godaddy" "bluehost" "dreamhost"
    "rackspace" "migadu" "purelymail" "mxroute"
    "fastmail" "mailbox-org" "posteo" "runbox" "mailfence" "startmail" "disroot" "riseup" "gmx" "gmx-com" "webde" "t-online"
    "freenet" "mail-com" "bluewin" "orange-fr" "free-fr" "sfr" "laposte" "bouygues" "libero" "seznam" "aol" "att" "comcast"
    "cox" "verizon" "yandex" "mailru" "qq" "tencent-exmail" "netease" "aliyun" "naver" "daum" "yahoo-jp"
    "brevo" "mailjet" "sendgrid" "mailgun-eu" "mailgun-us" "postmark" "ses" "azure-acs" "scaleway-tem" "resend" "sparkpost"
    "smtp2go" "mailtrap" "mailersend" "elasticemail" "mandrill" "mailpace" "forwardemail" "zeptomail"
    "tuta" "hey" "localhost"
);

/// Targets in the order in which a list shows them.
pub(super) const TARGETS: Embedded = embed!("targets":
    "msmtp" "dotenv" "dotenv-sh" "postfix"
    "exim4" "opensmtpd" "nullmailer" "dma" "ssmtp" "monit" "s-nail" "git" "mutt" "neomutt"
    "alertmanager" "grafana" "gitea" "nextcloud" "django"
    "wordpress" "laravel" "symfony" "django-environ" "flask-mail" "spring" "ghost" "mastodon" "gitlab" "vaultwarden"
    "authentik" "keycloak" "nextcloud-env" "nextcloud-occ" "home-assistant" "himalaya" "kubernetes" "ansible" "smtp-url"
    "nodemailer" "phpmailer" "php" "discourse" "aerc" "apprise"
    "systemd-credential" "systemd-env" "docker-env" "compose-env" "node-env" "python-dotenv" "dotenvy" "yaml" "json" "toml"
);

/// Causes, by label.
pub(super) const CAUSES: Embedded = embed!("causes":
    "app_password_required"
    "bad_credentials"
    "web_login_required"
    "smtp_access_not_enabled"
    "smtp_auth_disabled"
    "basic_auth_retired"
    "auth_policy_blocked"
    "oauth_token_invalid"
    "too_many_logins"
    "account_blocked"
    "account_not_activated"
    "permission_denied"
    "plan_exhausted"
    "auth_required"
    "auth_not_offered"
    "auth_mechanism_unsupported"
    "ip_not_authorized"
    "relay_denied"
    "sender_not_allowed"
    "sender_not_verified"
    "sender_domain_invalid"
    "starttls_required"
    "starttls_unsupported"
    "wrong_tls_mode"
    "wrong_host_or_port"
    "cert_expired"
    "cert_self_signed"
    "cert_unknown_issuer"
    "cert_wrong_host"
    "cert_unsupported"
    "tls_version_too_old"
    "dns_failure"
    "host_invalid"
    "connection_refused"
    "port_blocked"
    "network_unreachable"
    "connection_dropped"
    "server_fault"
    "server_busy"
    "helo_rejected"
    "greylisted"
    "ip_blocklisted"
    "ptr_missing"
    "spf_dmarc_fail"
    "rate_limited"
    "too_many_connections"
    "daily_limit"
    "too_many_recipients"
    "recipient_unknown"
    "mailbox_full"
    "message_too_big"
    "message_malformed"
    "content_rejected"
    "address_syntax"
);
