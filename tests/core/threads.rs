//! What callers share between threads may be shared: a compiler's promise for every public type that
//! holds more than a number.

use rungs::catalog::{Action, Actions, Catalog, Package, Release, Rollout, Rule, Source};
use rungs::gemfile::Gemfile;
use rungs::index::{Indexed, Listed, Versions};
use rungs::lint::{Lint, LintCure, LintFinding};
use rungs::lockfile::{Installed, Lockfile, Snapshot, Warning};
use rungs::plan::{Cause, Fix, Guidance, Plan, PlanWarning, State, Step};
use rungs::planner::{Places, Request, Target};
use rungs::policy::Policy;
use rungs::resolve::{Candidates, Incompatibility, Solution};
use rungs::scan::{FileScan, Finding, Scan, Scanner};
use rungs::smoke::Smoke;
use rungs::status::Status;
use rungs::why::Why;
use rungs::{Date, Error, Name, Requirement, Version, VersionSet};

fn is_shared<T: Send + Sync + 'static>() {}
fn is_shared_while_it_lasts<T: Send + Sync>(_: Option<T>) {}

#[test]
fn public_types_are_send_and_sync() {
    macro_rules! all {
        ($($type:ty),* $(,)?) => { $(is_shared::<$type>();)* };
    }
    all!(
        Action,
        Actions,
        Catalog,
        Package,
        Release,
        Rollout,
        Rule,
        Source,
        Gemfile,
        Indexed,
        Listed,
        Versions,
        Lint,
        LintCure,
        LintFinding,
        Installed,
        Lockfile,
        Snapshot,
        Warning,
        Cause,
        Fix,
        Guidance,
        Plan,
        PlanWarning,
        State,
        Step,
        Request,
        Target,
        Policy,
        Candidates,
        Solution,
        Incompatibility,
        FileScan,
        Finding,
        Scan,
        Scanner,
        Smoke,
        Status,
        Why,
        Date,
        Error,
        Name,
        Requirement,
        Version,
        VersionSet,
    );
    is_shared_while_it_lasts::<Places<'_>>(None);
}

#[test]
fn one_catalog_serves_many_threads() {
    let catalog = Catalog::karafka().unwrap();
    let text = include_bytes!("../../examples/Gemfile.lock");
    let snapshot = Snapshot::from_lockfile(&Lockfile::parse(text).unwrap()).unwrap();
    let plans: Vec<Plan> = std::thread::scope(|scope| {
        let plan = || rungs::planner::plan(&catalog, &snapshot, &Request::new()).unwrap();
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(plan)).collect();
        threads.into_iter().map(|it| it.join().unwrap()).collect()
    });
    let shown = |plan: &Plan| format!("{:?}", plan.steps());
    assert!(plans.windows(2).all(|two| shown(&two[0]) == shown(&two[1])));
    assert_eq!(plans[0].steps().len(), 5);
}
