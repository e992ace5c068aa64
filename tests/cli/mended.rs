//! What went wrong once.

use super::*;

fn role(name: &str, rest: &str) -> String {
    format!("version: 1\nroles:\n  - {{name: {name}, type: READ_ONLY, {rest}}}\n")
}

const TRIAGE: &str = "30000001-0000-4000-8000-000000000001";

fn both(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn a_role_never_gets_the_name_of_another() {
    let home = Home::new();
    let rules = "rules: [{name: a, effect: ALLOW, users: [alice]}]";
    let file = home.write("r.yaml", &role("Migration", &format!("id: {TRIAGE}, {rules}")));
    for command in [&["diff", &file][..], &["apply", &file, "--yes"]] {
        let error = home.stderr(2, command);
        assert!(error.contains("cannot be called Migration"), "{error}");
    }
    // A rename that fails leaves its name taken for whoever was to have it next
    let chain = format!(
        "version: 1\nroles:\n  - {{name: Gamma, previously: [Migration], type: FULL_ACCESS, rules: []}}\n  - {{name: Migration, id: {TRIAGE}, type: READ_ONLY, {rules}}}\n"
    );
    let chain = home.write("chain.yaml", &chain);
    let served = Served::start(&home, &["--fault", "deny:UpdateImpersonationRole:1"]);
    let output = served.client(&home, &["apply", &chain, "--yes"]).ends();
    assert_eq!(output.status.code(), Some(4), "{}", both(&output));
    let list = home.json(0, &["list", "-o", "json"]);
    let names = list["roles"].as_array().unwrap().iter().map(|role| role["name"].to_string());
    assert_eq!(names.collect::<std::collections::BTreeSet<_>>().len(), 3, "{list}");
}

#[test]
fn undoing_a_deletion_never_overwrites_a_role_that_was_made_since() {
    let home = Home::new();
    let told = home.stderr(0, &["delete", "Ticket triage", "--yes"]);
    let saved = told.split("apply ").nth(1).unwrap().split_whitespace().next().unwrap();
    home.ends(0, &["create", "Ticket triage", "--type", "read-only", "--allow", "erin", "--yes"]);
    let error = home.stderr(2, &["apply", saved, "--yes"]);
    assert!(error.contains("there is no role") && error.contains("has this name"), "{error}");
    home.ends(0, &["test", "Ticket triage", "erin"]);
}

#[test]
fn what_the_directory_has_lost_does_not_keep_the_others_from_coming_back() {
    let home = Home::new();
    let told = home.stderr(0, &["delete", "Legacy backup", "Migration", "--yes"]);
    assert!(
        told.contains("cannot be brought back: role Legacy backup: the directory no longer has"),
        "{told}"
    );
    let saved = told.split("apply ").nth(1).unwrap().split_whitespace().next().unwrap();
    home.ends(0, &["apply", saved, "--yes"]);
    home.ends(0, &["show", "Migration"]);
    home.ends(0, &["test", "Legacy backup", "ivan"]);
    // All of it is in a file for people
    let saved = std::path::Path::new(saved).parent().unwrap();
    let all = std::fs::read_dir(saved).unwrap().map(|entry| entry.unwrap().path());
    let json = all.filter(|path| path.extension().is_some_and(|e| e == "json")).collect::<Vec<_>>();
    assert!(std::fs::read_to_string(&json[0]).unwrap().contains("000000000099"));
}

#[test]
fn the_printed_command_is_for_the_organization_that_was_changed() {
    let home = Home::new();
    home.ends(0, &["sandbox", "init", "--organizations", "2"]);
    let run = |args: &[&str]| {
        let output = home.command(args).env("WMROLE_ORGANIZATION", "globex").ends();
        assert_eq!(output.status.code(), Some(0), "{}", both(&output));
        String::from_utf8(output.stderr).unwrap()
    };
    let told = run(&["--org", "acme", "delete", "Migration", "--yes"]);
    let command = told
        .lines()
        .find_map(|line| line.strip_prefix("hint: bring back what was there with: wmrole "))
        .unwrap();
    let mut args: Vec<&str> = command.split_whitespace().collect();
    args.push("--yes");
    run(&args);
    home.ends(0, &["--org", "acme", "show", "Migration"]);
}

#[test]
fn exceptions_that_do_not_fit_are_found_before_anything_is_written() {
    let home = Home::new();
    home.ends(0, &["sandbox", "init", "--users", "60", "--roles", "1"]);
    let file = home.write(
        "r.yaml",
        &role("r", "rules: [{name: a, effect: ALLOW, users: [user0001, user0055], except_groups: [team01]}]"),
    );
    assert!(home.stderr(2, &["diff", &file]).contains("exceptions cannot be split"));
    let users: Vec<_> = (1..=15).map(|n| format!("user{n:04}")).collect();
    let users = users.join(", ");
    let rules = format!(
        "rules: [{{id: a, effect: ALLOW, users: [{users}]}}, {{id: a--2, effect: DENY, users: [user0020]}}]"
    );
    let file = home.write("twice.yaml", &role("r", &rules));
    assert!(home.stderr(2, &["diff", &file]).contains("two rules of role r would have the id a--2"));
}

#[test]
fn a_role_is_declared_by_its_id_or_by_its_name_and_once() {
    let home = Home::new();
    let text = format!(
        "version: 1\nroles:\n  - {{name: A, id: {TRIAGE}, type: READ_ONLY, rules: []}}\n  - {{name: A, type: READ_ONLY, rules: []}}\n"
    );
    let file = home.write("r.yaml", &text);
    let error = home.stderr(2, &["validate", &file]);
    assert!(error.contains("declared twice") && error.contains("r.yaml:4:"), "{error}");
}

#[test]
fn the_guards_count_all_organizations_of_a_call() {
    let home = Home::new();
    home.ends(0, &["sandbox", "init", "--organizations", "2", "--users", "5", "--roles", "1"]);
    for organization in ["acme", "globex"] {
        let text = format!("version: 1\norganization: {organization}\nroles: []\n");
        home.write(&format!("{organization}.yaml"), &text);
    }
    let (a, b) = (home.path("acme.yaml"), home.path("globex.yaml"));
    let files = [a.to_str().unwrap(), b.to_str().unwrap()];
    let output = home.run(&["apply", files[0], files[1], "--prune", "--yes"]);
    assert_eq!(output.status.code(), Some(5));
    assert!(both(&output).contains("2 roles would be deleted, and at most 1 may be"), "{}", both(&output));
    home.ends(0, &["apply", files[0], "--prune", "--yes"]);
}

#[test]
fn what_is_set_to_nothing_is_not_set() {
    let home = Home::new();
    let mut command = home.command(&["list", "-o", "json"]);
    let output = command.env("WMROLE_ORGANIZATION", "").env("WMROLE_EWS_URL", "").ends();
    assert_eq!(output.status.code(), Some(0), "{}", both(&output));
    let output = home.command(&["schema"]).env("WMROLE_SANDBOX", "").ends();
    assert_eq!(output.status.code(), Some(0), "{}", both(&output));
    // An address on the command line beats the environment, but not another flag
    let served = Served::start(&home, &[]);
    let mut command = served.client(&home, &["list"]);
    let output = command.env("WMROLE_SANDBOX", home.path("other.json")).ends();
    assert_eq!(output.status.code(), Some(0), "{}", both(&output));
    assert!(!home.path("other.json").exists());
    home.ends(2, &["list", "--endpoint-url", &served.1, "--sandbox", "other.json"]);
}

#[test]
fn a_change_that_failed_alone_is_no_half_of_anything() {
    let home = Home::new();
    let served = Served::start(&home, &["--fault", "deny:CreateImpersonationRole"]);
    let args = ["create", "Q", "--type", "read-only", "--allow", "alice", "--yes", "-q"];
    let output = served.client(&home, &args).ends();
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(error.starts_with("error: create Q: ") && error.contains("hint: "), "{error}");
}

#[test]
fn a_question_that_nobody_can_answer_leaves_a_document() {
    let home = Home::new();
    for args in [
        &["apply", &example()][..],
        &["create", "n", "--type", "read-only", "--allow", "bob"],
        &["delete", "Migration"],
    ] {
        let document = home.json(5, &[args, &["-o", "json"]].concat());
        assert_eq!(document["changes"][0]["outcome"], "not_attempted", "{args:?}");
    }
}

#[test]
fn a_stale_plan_is_told_in_every_format() {
    let home = Home::new();
    let file =
        home.write("r.yaml", &role("Ticket triage", "rules: [{name: a, effect: ALLOW, users: [carol]}]"));
    let plan = home.path("plan.json").to_string_lossy().into_owned();
    home.ends(0, &["diff", &file, "--save", &plan]);
    home.ends(0, &["edit", "Ticket triage", "--allow", "grace", "--yes"]);
    let apply = |format: &str| home.ends(5, &["apply", "--plan", &plan, "--yes", "-o", format]);
    let json: Value = serde_json::from_str(&apply("json")).unwrap();
    assert_eq!(json["stale"][0], "role Ticket triage was changed since the plan was saved");
    assert!(apply("markdown").contains("+ grace@example.com"));
    assert!(apply("github").starts_with("::error title=the saved plan is stale::role Ticket triage"));
    // People who are in the directory are named, though this plan is not about them
    assert!(!home.stderr(5, &["apply", "--plan", &plan, "--yes"]).contains("not in the directory"));
}

#[test]
fn protected_users_are_found_across_files_and_told_to_machines() {
    let home = Home::new();
    let snapshot = home.path("snapshot.json").to_string_lossy().into_owned();
    home.ends(0, &["export", "--snapshot", &snapshot]);
    let a = home.write("a.yaml", "version: 1\norganization: acme\nprotected_users: [carol]\nroles: []\n");
    let rules = "rules: [{name: s, effect: ALLOW, groups: [oncall]}]";
    let text = role("r", rules).replace("roles:", "organization: m-ac3e0000000000000000000000000001\nroles:");
    let b = home.write("b.yaml", &text);
    let args = ["validate", &a, &b, "--snapshot", &snapshot];
    let annotation = home.ends(5, &[&args[..], &["-o", "github"]].concat());
    assert!(annotation.starts_with(&format!("::error file={b},line=4,")), "{annotation}");
    assert!(home.ends(5, &[&args[..], &["-o", "junit"]].concat()).contains("failures=\"1\""));
    let named = role("r", "rules: [{name: s, effect: ALLOW, users: [carol]}]");
    let named = home.write("named.yaml", &named.replace("roles:", "organization: acme\nroles:"));
    home.ends(5, &["validate", &a, &named]);
}

#[test]
fn a_name_is_no_command_to_a_github_job() {
    let home = Home::new();
    home.ends(0, &["create", "x ##[add-mask]e", "--type", "read-only", "--allow", "alice", "--yes"]);
    let mut command = home.command(&["list"]);
    let output = command.env("GITHUB_ACTIONS", "true").ends();
    assert!(!both(&output).contains("##["), "{}", both(&output));
    assert!(both(&home.run(&["list"])).contains("##["));
}

#[test]
fn a_token_is_masked_before_it_is_set_for_a_job() {
    let home = Home::new();
    let file = home.write("env", "");
    let mut command = home.command(&["assume", "Migration", "--format", "github"]);
    command.env("GITHUB_ENV", &file);
    let output = command.ends();
    let mask = String::from_utf8(output.stdout).unwrap();
    let token = mask.trim().strip_prefix("::add-mask::").unwrap();
    assert!(std::fs::read_to_string(&file).unwrap().contains(token));
    // Nothing is set where the mask cannot be said
    let file = home.write("env", "");
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    assert_eq!(wait(&mut command.stdout(full).spawn().unwrap()).unwrap().code(), Some(1));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "");
}

#[test]
fn an_outer_assume_does_not_speak_for_an_inner_one() {
    let home = Home::new();
    let mut command =
        home.command(&["assume", "Migration", "--", "sh", "-c", "echo \"<$WORKMAIL_IMPERSONATED_USER>\""]);
    let output = command.env("WORKMAIL_IMPERSONATED_USER", "ceo@example.com").ends();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "<>\n");
}

#[test]
fn a_suggestion_is_about_the_person_and_not_the_domain() {
    let home = Home::new();
    let error = home.stderr(1, &["test", "Migration", "qqqqqq@example.com"]);
    assert!(!error.contains("did you mean"), "{error}");
    assert!(
        home.stderr(1, &["test", "Migration", "hedi@example.com"])
            .contains("did you mean heidi@example.com?")
    );
    let create = ["create", "g", "--type", "read-only", "--allow", "support@example.com", "--yes"];
    assert!(home.stderr(1, &create).contains("--allow-group"));
}

/// Changes the sandbox's file behind the service, as time does.
fn meanwhile(home: &Home, change: impl Fn(&mut Value)) {
    let mut state: Value =
        serde_json::from_str(&std::fs::read_to_string(home.path("sandbox.json")).unwrap()).unwrap();
    change(&mut state["organizations"][0]);
    home.write("sandbox.json", &state.to_string());
}

fn without_user(organization: &mut Value, name: &str) {
    organization["users"].as_array_mut().unwrap().retain(|user| user["name"] != name);
    for group in organization["groups"].as_array_mut().unwrap() {
        group["members"].as_array_mut().unwrap().retain(|member| !member.to_string().contains(name));
    }
}

#[test]
fn what_was_written_and_cannot_be_read_back_can_be_undone() {
    let home = Home::new();
    let served = Served::start(&home, &["--fault", "deny:GetImpersonationRole"]);
    let args = ["create", "Q", "--type", "read-only", "--allow", "alice", "--yes", "-o", "json"];
    let output = served.client(&home, &args).ends();
    assert_eq!(output.status.code(), Some(4), "{}", both(&output));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("was written, but could not be read back"), "{told}");
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let id = document["changes"][0]["role"]["id"].as_str().unwrap();
    assert!(told.contains(&format!("delete {id}")), "{told}");
    home.ends(0, &["delete", id, "--yes"]);
}

#[test]
fn a_rename_that_fails_half_way_converges() {
    let home = Home::new();
    let first = home.write("first.yaml", "version: 1\nroles:\n  - {name: A, type: FULL_ACCESS, rules: [{name: a, effect: ALLOW, users: [carol]}]}\n");
    home.ends(0, &["apply", &first, "--yes"]);
    let id = home.json(0, &["show", "A", "-o", "json"])["role"]["id"].clone();
    let then = home.write("then.yaml", "version: 1\nroles:\n  - {name: A, type: READ_ONLY, rules: [{name: a, effect: ALLOW, users: [bob]}]}\n  - {name: B, previously: [A], type: FULL_ACCESS, rules: [{name: a, effect: ALLOW, users: [carol, dave]}]}\n");
    // The rename is made, the rest of it is denied
    let served = Served::start(&home, &["--fault", "deny:UpdateImpersonationRole:1:1"]);
    let output = served.client(&home, &["apply", &then, "--yes"]).ends();
    assert_eq!(output.status.code(), Some(4), "{}", both(&output));
    drop(served);
    home.ends(0, &["apply", &then, "--yes"]);
    home.ends(0, &["diff", "--exit-code", &then]);
    assert_eq!(home.json(0, &["show", "B", "-o", "json"])["role"]["id"], id);
    let names = home.json(0, &["list", "-o", "json"])["roles"].to_string();
    assert!(!names.contains("temporary"), "{names}");
}

#[test]
fn a_plan_of_two_organizations_is_not_written_into_one() {
    let home = Home::new();
    home.ends(0, &["sandbox", "init", "--organizations", "2"]);
    let file = |name: &str, rules: &str| {
        let text = role(&format!("new in {name}"), rules)
            .replace("roles:", &format!("organization: {name}\nroles:"));
        home.write(&format!("{name}.yaml"), &text)
    };
    let rules = "rules: [{name: a, effect: DENY, everyone: true}]";
    let plan = home.path("plan.json").to_string_lossy().into_owned();
    home.ends(0, &["diff", &file("acme", rules), &file("globex", rules), "--save", &plan]);
    for organization in ["acme", "globex"] {
        home.ends(5, &["--org", organization, "apply", "--plan", &plan, "--yes"]);
    }
    home.ends(0, &["apply", "--plan", &plan, "--yes"]);
    home.ends(0, &["--org", "globex", "show", "new in globex"]);
}

#[test]
fn whoever_is_gone_does_not_block_the_undo() {
    let home = Home::new();
    home.ends(0, &["create", "ghost", "--type", "full-access", "--allow-everyone-except", "ivan", "--yes"]);
    home.ends(0, &["create", "H", "--type", "read-only", "--allow", "heidi", "grace", "--yes"]);
    meanwhile(&home, |organization| {
        without_user(organization, "ivan");
        let users = organization["users"].as_array_mut().unwrap();
        users.iter_mut().find(|user| user["name"] == "heidi").unwrap()["state"] = "DELETED".into();
    });
    let told = home.stderr(0, &["delete", "ghost", "H", "--yes"]);
    for part in ["role ghost: a rule excepts nobody", "role H: the directory no longer has"] {
        assert!(told.contains(part), "{part}\n{told}");
    }
    let saved = told.split("apply ").nth(1).unwrap().split_whitespace().next().unwrap();
    home.ends(0, &["apply", saved, "--yes"]);
    home.ends(0, &["test", "H", "grace"]);
    home.ends(1, &["show", "ghost"]);
}

#[test]
fn two_roles_are_never_given_one_name() {
    let home = Home::new();
    let text = format!(
        "version: 1\nroles:\n  - {{name: X, id: {TRIAGE}, type: READ_ONLY, rules: []}}\n  - {{name: X, id: 30000001-0000-4000-8000-000000000003, type: READ_ONLY, rules: []}}\n"
    );
    let file = home.write("two.yaml", &text);
    assert!(home.stderr(2, &["diff", &file]).contains("two roles would be called X"));
}

#[test]
fn a_role_that_shares_its_name_is_exported_with_its_id() {
    let home = Home::new();
    home.ends(0, &["list"]);
    meanwhile(&home, |organization| {
        for role in organization["roles"].as_array_mut().unwrap() {
            role["name"] = "Dup".into();
        }
    });
    let file = home.write("e.yaml", &home.ends(0, &["export", TRIAGE]));
    home.ends(0, &["diff", &file, "--exit-code"]);
}

#[test]
fn a_target_that_has_vanished_makes_a_plan_stale() {
    let home = Home::new();
    let file = home.write("r.yaml", &role("r", "rules: [{name: a, effect: ALLOW, users: [heidi]}]"));
    let plan = home.path("plan.json").to_string_lossy().into_owned();
    home.ends(0, &["diff", &file, "--save", &plan]);
    meanwhile(&home, |organization| without_user(organization, "heidi"));
    let error = home.stderr(5, &["apply", "--plan", &plan, "--yes"]);
    assert!(error.contains("there is no user heidi") && error.contains("stale"), "{error}");
}

#[test]
fn the_files_of_a_plan_are_known_however_they_are_spelt() {
    let home = Home::new();
    std::fs::create_dir(home.path("d")).unwrap();
    let file = home.write("d/r.yaml", &role("r", "rules: []"));
    let plan = home.path("plan.json").to_string_lossy().into_owned();
    let directory = home.path("d").to_string_lossy().into_owned();
    home.ends(0, &["diff", &directory, "--save", &plan]);
    let spelt = format!("{}/../d/r.yaml", directory);
    std::fs::remove_file(&file).unwrap();
    home.ends(5, &["apply", "--plan", &plan, "--yes"]);
    home.write("d/r.yaml", &role("r", "rules: []"));
    home.ends(0, &["apply", &spelt, "--plan", &plan, "--yes"]);
}

#[test]
fn what_is_wrong_is_in_the_report_of_the_tests() {
    let home = Home::new();
    let file = home.write("r.yaml", "version: 1\nrole: []\n");
    let report = home.ends(2, &["test", "-f", &file, "-o", "junit"]);
    assert!(report.contains("errors=\"2\"") && report.contains("unknown key role"), "{report}");
}

#[test]
fn saving_follows_links_and_leaves_devices_alone() {
    let home = Home::new();
    home.ends(0, &["list"]);
    home.write("real.json", "old");
    std::os::unix::fs::symlink(home.path("real.json"), home.path("link.json")).unwrap();
    home.ends(0, &["export", "--snapshot", home.path("link.json").to_str().unwrap()]);
    assert!(home.path("link.json").is_symlink());
    assert!(std::fs::read_to_string(home.path("real.json")).unwrap().contains("alice"));
    assert!(home.ends(0, &["export", "--snapshot", "/dev/stdout"]).contains("alice"));
}

#[test]
fn a_row_of_a_table_is_a_line() {
    let home = Home::new();
    let mut command = home.command(&["list"]);
    let output = command.env("COLUMNS", "40").ends();
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 4);
}

#[test]
fn a_swap_that_was_left_half_way_is_found_by_former_names_too() {
    let home = Home::new();
    let make = "version: 1\nroles:\n  - {name: A, type: READ_ONLY, rules: [{name: r, effect: ALLOW, users: [alice]}]}\n  - {name: B, type: READ_ONLY, rules: [{name: r, effect: ALLOW, users: [bob]}]}\n";
    home.ends(0, &["apply", &home.write("make.yaml", make), "--yes"]);
    let id =
        |name: &str| home.json(0, &["show", name, "-o", "json"])["role"]["id"].as_str().unwrap().to_owned();
    let (a, b) = (id("A"), id("B"));
    let swap = make
        .replace("name: A,", &format!("name: A, id: {b},"))
        .replace("name: B,", "name: B, previously: [A],");
    let swap = swap.replace("[alice]", "[x]").replace("[bob]", "[alice]").replace("[x]", "[bob]");
    let swap = home.write("swap.yaml", &swap);
    let served = Served::start(&home, &["--fault", "deny:UpdateImpersonationRole:1:1"]);
    let output = served.client(&home, &["apply", &swap, "--yes"]).ends();
    assert_eq!(output.status.code(), Some(4), "{}", both(&output));
    drop(served);
    home.ends(0, &["apply", &swap, "--yes"]);
    assert_eq!((id("A"), id("B")), (b, a));
    home.ends(0, &["diff", "--exit-code", &swap]);
}

#[test]
fn a_deleted_role_whose_name_another_has_is_told_to_be_lost() {
    let home = Home::new();
    home.ends(0, &["list"]);
    meanwhile(&home, |organization| {
        for role in organization["roles"].as_array_mut().unwrap().iter_mut().take(2) {
            role["name"] = "Dup".into();
        }
    });
    let told = home.stderr(0, &["delete", TRIAGE, "Legacy backup", "--yes"]);
    assert!(told.contains("another live role has its name"), "{told}");
    let saved = told.split("apply ").nth(1).unwrap().split_whitespace().next().unwrap();
    home.ends(0, &["apply", saved, "--yes"]);
    home.ends(0, &["show", "Legacy backup"]);
}

#[test]
fn a_stale_plan_is_one_document() {
    let home = Home::new();
    let file = home.write("r.yaml", &role("r", "rules: [{name: a, effect: ALLOW, users: [heidi]}]"));
    let plan = home.path("plan.json").to_string_lossy().into_owned();
    home.ends(0, &["diff", &file, "--save", &plan]);
    meanwhile(&home, |organization| without_user(organization, "heidi"));
    let stale = home.json(5, &["apply", "--plan", &plan, "--yes", "-o", "json"]);
    assert!(stale["stale"][0].as_str().unwrap().contains("there is no user heidi"), "{stale}");
}

#[test]
fn a_live_role_whose_rules_share_an_id_can_be_edited() {
    let home = Home::new();
    home.ends(0, &["list"]);
    meanwhile(&home, |organization| {
        for rule in organization["roles"][0]["rules"].as_array_mut().unwrap() {
            rule["id"] = "x".into();
        }
    });
    home.ends(0, &["edit", TRIAGE, "--remove-user", "bob", "--yes"]);
    home.ends(3, &["test", TRIAGE, "bob"]);
    home.ends(0, &["test", TRIAGE, "alice"]);
}
