//! How somebody signs in on another machine.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::{oauth::DeviceCode, phrase, presets::Text};

/// Where to go, the code to enter there, and how long that is good for.
pub fn sign_in(text: &Text, code: &DeviceCode) -> Vec<String> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs());
    let minutes = code.expires.saturating_sub(now).div_ceil(60);
    vec![
        text.say(&phrase!("oauth-enter-code", url = code.url, code = code.user_code)),
        text.say(&phrase!("oauth-code-lasts", minutes = minutes)),
    ]
}
