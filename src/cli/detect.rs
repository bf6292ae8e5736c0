//! `detect`: the settings for addresses, from the presets.

use serde_json::{Value, json};

use super::context::Context;
use crate::{
    error::{Error, Exit},
    mail::{Address, reply::escape},
    phrase,
    presets::{Provider, provider::UsernameForm},
};

/// One line an address; an address that is none is said, and the others go on.
pub(super) fn run(context: &Context, addresses: &[&str]) -> Result<Exit, Error> {
    let mut exit = Exit::Ok;
    for typed in addresses {
        let Ok(address) = typed.parse::<Address>() else {
            let why = phrase!("detect-no-address", typed = escape(typed));
            if context.json {
                let warnings = [context.text.say(&why)];
                let line = json!({"address": typed, "provider": null, "source": "none", "smtp": [], "imap": [],
                                  "username": null, "warnings": warnings});
                context.out(&line.to_string())?;
            }
            context.say_phrase(&why);
            exit = Exit::Data;
            continue;
        };
        let provider = context.catalog.provider_of_domain(address.domain());
        if context.json {
            context.out(&document(context, &address, provider).to_string())?;
            continue;
        }
        match provider {
            Some(provider) => {
                context.out(&format!("{address}  {}", provider.name))?;
                for server in &provider.smtp {
                    context.out(&format!("  smtp  {}  {}", server.authority(), server.security))?;
                }
                if let Some(server) = &provider.imap {
                    context.out(&format!("  imap  {}  {}", server.authority(), server.security))?;
                }
                for warning in &provider.guidance(context.lang()).warnings {
                    context.out(&format!("  ! {warning}"))?;
                }
            }
            None => context.out(&context.text.say(&phrase!("detect-unknown", address = address)))?,
        }
    }
    Ok(exit)
}

fn document(context: &Context, address: &Address, provider: Option<&Provider>) -> Value {
    json!({
        "address": address.to_string(),
        "provider": provider.map(|provider| &provider.key),
        "source": if provider.is_some() { "preset" } else { "none" },
        "smtp": provider.map(|provider| provider.smtp.clone()).unwrap_or_default(),
        "imap": provider.and_then(|provider| provider.imap.clone()).into_iter().collect::<Vec<_>>(),
        "username": provider.map(username),
        "warnings": provider.map(|provider| provider.guidance(context.lang()).warnings.clone()).unwrap_or_default(),
    })
}

fn username(provider: &Provider) -> &str {
    match provider.username.form {
        UsernameForm::Address => "address",
        UsernameForm::Local => "local",
        UsernameForm::Fixed => provider.username.value.as_deref().unwrap_or("fixed"),
        UsernameForm::Generated => "generated",
        UsernameForm::None => "none",
    }
}
