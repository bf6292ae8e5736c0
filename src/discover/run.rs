//! Runs a search: presets and the domain table, then the network.

use super::{Discovery, Net, Search, known};
#[cfg(feature = "discover")]
use super::{Reach, online::online};
use crate::{presets::Catalog, probe::Cancel};

/// Finds the settings of an address. `progress` is called with each new state, best proposal first; the search ends with its
/// time-out or when it is cancelled, with what was found by then. A build without the feature `discover` asks no network.
pub fn discover(
    search: &Search,
    catalog: &Catalog,
    net: &Net,
    cancel: &Cancel,
    progress: &mut dyn FnMut(&Discovery),
) -> Discovery {
    let known = known(&search.address, catalog);
    #[cfg(feature = "discover")]
    if search.reach != Reach::Offline {
        return online(search, known, catalog, net, cancel, progress);
    }
    let _ = (net, cancel, progress);
    Discovery { proposals: known.into_iter().collect(), finished: true, ..Discovery::default() }
}
