//! The Regions of the service.

/// The Regions that have WorkMail; there are no others (documented).
pub(crate) const REGIONS: [&str; 3] = ["us-east-1", "us-west-2", "eu-west-1"];

/// The same for a sentence: `us-east-1, us-west-2 and eu-west-1`.
pub(crate) fn region_list() -> String {
    let [rest @ .., last] = REGIONS;
    format!("{} and {last}", rest.join(", "))
}
