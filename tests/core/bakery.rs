//! A made-up family: `oven` is the stepped package, `tray` follows it, `clay` is the runtime.

pub(crate) const HEAD: &str = r#"format = 1
name = "bakery"
horizon = 2026-01-01
order = ["oven", "tray"]
"#;

pub(crate) const OVEN: &str = r#"[package.oven]
role = "stepped"
about = "the oven"
lines = '''
4.0  2025-04-01  active
1.x  ?           eol  eol 2024-01-01
'''
releases = '''
1.0.0  2020-01-01  clay >= 1.0; tray >= 1.0, < 2.0
1.1.0  2021-01-01  clay >= 1.0; tray >= 1.0, < 2.0
1.1.5  2021-06-01  clay >= 1.0; tray >= 1.0, < 2.0
2.0.0  2022-01-01  clay >= 1.0; tray >= 1.0, < 2.0
3.0.0  2023-01-01  clay >= 2.0; tray ~> 2.0
4.0.0  2025-04-01  clay >= 2.0; tray ~> 2.0   # the newest
4.0.1  2025-05-01  [yanked; burnt] clay >= 2.0; tray ~> 2.0
'''
"#;

pub(crate) const TRAY: &str = r#"[package.tray]
role = "follower"
releases = '''
1.0.0  2020-01-01
1.5.0  2022-01-01
2.0.0  2023-01-01  flour >= 1
2.1.0  ?
'''
"#;

pub(crate) const CLAY: &str = r#"[package.clay]
role = "runtime"
releases = '''
1.0.0  2019-01-01
2.0.0  2022-06-01
'''
"#;

pub(crate) const RULES: &str = r#"[[gate]]
id = "oven-2.0-gate-1.1.5"
package = "oven"
enter = "2.0"
from = ">= 1.1.5"
why = "2.0 reads what 1.1.5 wrote"
source = "oven.md"

[[bridge]]
id = "oven-2.0-to-4.0"
package = "oven"
from = "2.0"
to = ["4.0"]
why = "3.0 may be passed over"
source = "oven.md"

[[requires]]
id = "oven-4.0-tray-2.1"
package = "oven"
versions = ">= 4.0"
needs = "tray"
requirement = ">= 2.1"
force = "should"
why = "older trays warp"
source = "oven.md"
"#;

pub(crate) const FILES: [(&str, &str); 5] = [
    ("head.toml", HEAD),
    ("oven.toml", OVEN),
    ("tray.toml", TRAY),
    ("clay.toml", CLAY),
    ("rules.toml", RULES),
];
