//! The plan that was made last: it is made again only where something that it was made from is another one by now.

use std::sync::{Mutex, PoisonError};

use crate::{
    host::Disk,
    plan::{MachineAnswers, NotedFiles, Order, Places, Plan, Refusal},
};

/// The plan that a runner made last.
#[derive(Default)]
pub struct LastPlan(Mutex<Option<MadePlan>>);

/// A plan, with all that it was made from.
struct MadePlan {
    order: Order,
    places: Places,
    answers: MachineAnswers,
    plan: Plan,
}

impl LastPlan {
    /// The plan of an order: the last one where nothing changed, else as `make` makes it of the disk.
    ///
    /// # Errors
    /// As of `make`.
    pub fn of(
        &self,
        order: &Order,
        places: &Places,
        make: impl FnOnce(&NotedFiles<'_>) -> Result<Plan, Refusal>,
    ) -> Result<Plan, Refusal> {
        let disk = Disk::new(places);
        // Nothing half made is in it, also where a worker broke while it held it.
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_same = |made: &&MadePlan| made.order == *order && made.places == *places && made.answers.hold(&disk);
        if let Some(made) = last.as_ref().filter(is_same) {
            return Ok(made.plan.clone());
        }
        *last = None;
        let noted = NotedFiles::new(&disk);
        let plan = make(&noted)?;
        let (order, places, answers) = (order.clone(), places.clone(), noted.into_answers());
        *last = Some(MadePlan { order, places, answers, plan: plan.clone() });
        Ok(plan)
    }
}
