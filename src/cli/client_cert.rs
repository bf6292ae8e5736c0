//! The files of a client certificate.

use std::{os::unix::fs::PermissionsExt as _, path::Path};

use zeroize::Zeroizing;

use crate::{
    error::{Error, Exit},
    mail::{profile::ClientCert, reply::escape},
    phrase,
    probe::{ClientFault, ClientIdentity},
    setup::{Field, Setup},
};

/// Refuses a client certificate that no server would take, and a key that others can read, before contacting any server.
///
/// # Errors
/// What is wrong, and how to mend it.
pub(super) fn check(setup: &Setup) -> Result<(), Error> {
    if setup.is_given(Field::ClientKey) && setup.value(Field::ClientCert).is_none() {
        return Err(Error::new(Exit::Usage, phrase!("cli-client-key-alone")).hint(phrase!("cli-client-key-alone-hint")));
    }
    let (Some(cert), Some(key)) = (setup.value(Field::ClientCert), setup.value(Field::ClientKey)) else { return Ok(()) };
    check_files(&ClientCert { cert: cert.into(), key: key.into() })
}

fn check_files(client: &ClientCert) -> Result<(), Error> {
    let (cert_shown, key_shown) = (shown(&client.cert), shown(&client.key));
    let certificate = read(&client.cert)?;
    let key = Zeroizing::new(read(&client.key)?);
    let mode = std::fs::metadata(&client.key).map_or(0, |meta| meta.permissions().mode());
    if mode & 0o007 != 0 {
        let error = Error::new(Exit::NoPerm, phrase!("cli-client-key-open", file = key_shown));
        return Err(error.hint(phrase!("cli-client-key-open-hint", file = key_shown)));
    }
    let Err(fault) = ClientIdentity::of_pem(&certificate, &key) else { return Ok(()) };
    let (phrase, hint) = match fault {
        ClientFault::NoCertificate => {
            (phrase!("cli-client-cert-none", file = cert_shown), phrase!("cli-client-cert-none-hint"))
        }
        ClientFault::NoKey => (phrase!("cli-client-key-none", file = key_shown), phrase!("cli-client-key-none-hint")),
        ClientFault::Passphrase => {
            (phrase!("cli-client-key-locked", file = key_shown), phrase!("cli-client-key-locked-hint", file = key_shown))
        }
        ClientFault::OtherKey => (
            phrase!("cli-client-key-other", cert = cert_shown, key = key_shown),
            phrase!("cli-client-key-other-hint", cert = cert_shown, key = key_shown),
        ),
        ClientFault::Expired(day) => {
            (phrase!("cli-client-cert-expired", file = cert_shown, day = day), phrase!("cli-client-cert-expired-hint"))
        }
        ClientFault::NotYetValid(day) => {
            (phrase!("cli-client-cert-early", file = cert_shown, day = day), phrase!("cli-client-cert-early-hint"))
        }
    };
    Err(Error::new(Exit::Config, phrase).hint(hint))
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|error| {
        Error::new(Exit::NoInput, phrase!("cli-client-cert-unreadable", file = shown(path), cause = error))
            .hint(phrase!("cli-client-cert-none-hint"))
    })
}

fn shown(path: &Path) -> String {
    escape(&path.display().to_string())
}
