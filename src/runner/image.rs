//! An order as it is written into an image: the files that it names are the image's own.

use std::path::Path;

use crate::{
    error::Exit,
    host::Disk,
    mail::reply::escape,
    phrase,
    plan::{Existing, Files as _, Order, Places},
    setup::{Field, WorkFault},
};

/// The order with what it takes from this machine: the authority is put beside the profile in the image.
///
/// # Errors
/// The authority cannot be read, or a client certificate lies outside of the image: a private key is copied nowhere.
pub(super) fn settled(order: &Order, places: &Places) -> Result<Order, WorkFault> {
    let mut order = order.clone();
    let Some(root) = &places.root else { return Ok(order) };
    let fault = |phrase, field, exit| WorkFault { phrase, hint: None, field: Some(field), exit };
    if let Some(path) = order.profile.smtp.tls.ca_file.clone().filter(|path| !path.starts_with(root)) {
        let pem = std::fs::read(&path).map_err(|error| {
            let phrase = phrase!("cli-ca-file-unreadable", file = shown(&path), cause = error);
            fault(phrase, Field::CaFile, Exit::NoInput)
        })?;
        order.profile.smtp.tls.ca_file = Some(places.authority(&order.name));
        order.ca_pem = Some(pem);
    }
    let mut own = order.profile.smtp.client.iter().flat_map(|client| [client.cert.clone(), client.key.clone()]);
    if let Some(path) = own.find(|path| !path.starts_with(root)) {
        let phrase = phrase!("runner-image-client-cert", path = shown(&path), root = shown(root));
        return Err(fault(phrase, Field::ClientCert, Exit::Usage));
    }
    Ok(order)
}

fn shown(path: &Path) -> String {
    escape(&path.display().to_string())
}

/// A file that the settings name; below an image's root as the image has it.
pub(super) fn read_named(path: &Path, places: Option<Places>) -> std::io::Result<Vec<u8>> {
    let is_below = |places: &Places| places.root.as_ref().is_some_and(|root| path.starts_with(root));
    match places.filter(is_below) {
        Some(places) => Disk::new(&places).read(path)?.map(Existing::into_bytes).ok_or(std::io::ErrorKind::NotFound.into()),
        None => std::fs::read(path),
    }
}
