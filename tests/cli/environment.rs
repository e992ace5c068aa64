//! What the environment and the AWS configuration can be: whatever it is, the program says what is wrong.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Output};

use super::harness::*;

/// A client of a port where nothing listens, with usable settings to spoil.
fn client(home: &Home, args: &[&str]) -> Command {
    let mut command = home.command(args);
    command
        .env_remove("WMROLE_SANDBOX")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_REGION", "us-east-1")
        .env("AWS_MAX_ATTEMPTS", "1")
        .env("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
        .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "s3cr3t");
    command
}

/// The one line of the error.
fn error(output: &Output) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!stderr.contains("panicked") && !stderr.contains("s3cr3t"), "{stderr}");
    assert!(matches!(output.status.code(), Some(1 | 2)), "{:?}: {stderr}", output.status);
    stderr.lines().find(|line| line.starts_with("error: ")).unwrap_or_else(|| panic!("{stderr}")).to_owned()
}

#[cfg(unix)]
#[test]
fn no_variable_makes_the_program_panic() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let home = Home::new();
    let variables = [
        "ALL_PROXY",
        "AWS_ACCESS_KEY_ID",
        "AWS_ACCOUNT_ID_ENDPOINT_MODE",
        "AWS_AUTH_SCHEME_PREFERENCE",
        "AWS_CONFIG_FILE",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_DEFAULTS_MODE",
        "AWS_DEFAULT_REGION",
        "AWS_DISABLE_REQUEST_COMPRESSION",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
        "AWS_ENDPOINT_URL",
        "AWS_ENDPOINT_URL_WORKMAIL",
        "AWS_EXECUTION_ENV",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_MAX_ATTEMPTS",
        "AWS_PROFILE",
        "AWS_REGION",
        "AWS_REQUEST_CHECKSUM_CALCULATION",
        "AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES",
        "AWS_RETRY_MODE",
        "AWS_ROLE_ARN",
        "AWS_ROLE_SESSION_NAME",
        "AWS_SDK_UA_APP_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_SHARED_CREDENTIALS_FILE",
        "AWS_USE_DUALSTACK_ENDPOINT",
        "AWS_USE_FIPS_ENDPOINT",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "HOME",
        "HTTPS_PROXY",
        "HTTP_PROXY",
        "NO_PROXY",
        "SSL_CERT_DIR",
        "SSL_CERT_FILE",
        "WMROLE_EWS_URL",
        "WMROLE_ORGANIZATION",
        "_X_AMZN_TRACE_ID",
    ];
    let values: [&[u8]; 5] =
        [b"x\ny", b"x\n", "\u{e9} \u{7}".as_bytes(), b"\xff\xfe", b"http://me:pass@\xc3\xa9 :99999/"];
    for variable in variables {
        for value in values {
            let mut command = client(&home, &["organizations"]);
            error(&command.env(variable, OsStr::from_bytes(value)).output_within_limit());
        }
    }
}

#[test]
fn a_key_that_cannot_be_sent_says_what_is_wrong_with_it() {
    let home = Home::new();
    for (variable, value, wanted) in [
        ("AWS_ACCESS_KEY_ID", "AK\nID", "the access key id has a line end in it"),
        ("AWS_SECRET_ACCESS_KEY", "s3cr3t\nx", "the secret access key has a line end in it"),
        ("AWS_SESSION_TOKEN", "t\u{7}x", "the session token has a control character in it"),
        ("AWS_REGION", "us east", "\"us east\" is not the name of a Region"),
    ] {
        let output = client(&home, &["organizations"]).env(variable, value).output_within_limit();
        let error = error(&output);
        assert!(error.ends_with(wanted), "{error}");
    }
}

#[cfg(unix)]
#[test]
fn an_aws_configuration_that_cannot_be_read_is_named() {
    let home = Home::new();
    let fifo = home.arg("fifo");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let broken = home.write("broken", "[default]\nregion = us-east-1\nodd\n");
    for (path, wanted) in [
        (fifo.as_str(), "(from AWS_CONFIG_FILE) is no ordinary file"),
        ("/dev/zero", "(from AWS_CONFIG_FILE) is no ordinary file"),
        (&home.arg(""), "(from AWS_CONFIG_FILE) is a folder"),
        (&broken, "broken on line 3"),
    ] {
        let output = client(&home, &["organizations"]).env("AWS_CONFIG_FILE", path).output_within_limit();
        let error = error(&output);
        assert!(error.contains(wanted), "{error}");
        assert_eq!(output.status.code(), Some(2));
    }
}

/// Without keys in the environment, with this configuration.
fn by_profile(home: &Home, config: &str) -> Output {
    let path = home.write("config", config);
    let mut command = client(home, &["--profile", "p", "organizations"]);
    command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY");
    command.env("AWS_CONFIG_FILE", path).output_within_limit()
}

#[test]
fn profiles_without_credentials_say_why() {
    let home = Home::new();
    let role = "role_arn = arn:aws:iam::111122223333:role/r\n";
    let sso = "[profile p]\nsso_session = s\nsso_account_id = 111122223333\nsso_role_name = r\n\
               [sso-session s]\nsso_start_url = https://127.0.0.1:1/start\nsso_region = us-east-1\n";
    for (config, wanted) in [
        (
            format!("[profile p]\n{role}source_profile = gone\n"),
            "the source_profile gone of profile p does not exist",
        ),
        (
            format!("[profile p]\n{role}source_profile = q\n[profile q]\n{role}source_profile = p\n"),
            "source_profile leads in a circle: p \u{2192} q \u{2192} p",
        ),
        (sso.to_owned(), "nobody is signed in through IAM Identity Center"),
        (
            "[profile p]\ncredential_process = sh -c 'echo s3cr3t >&2; exit 3'\n".to_owned(),
            "the credential_process ended with 3",
        ),
        (
            "[profile p]\ncredential_process = echo s3cr3t\n".to_owned(),
            "what the credential_process wrote is no credentials",
        ),
    ] {
        let output = by_profile(&home, &config);
        let error = error(&output);
        assert!(error.ends_with(wanted), "{error}\n{config}");
    }
    let legacy = "[profile p]\nsso_start_url = https://127.0.0.1:1/start\nsso_region = us-east-1\n\
                  sso_account_id = 111122223333\nsso_role_name = r\n";
    let error = error(&by_profile(&home, legacy));
    assert!(error.ends_with("nobody is signed in through IAM Identity Center"), "{error}");
    let hint = String::from_utf8(by_profile(&home, sso).stderr).unwrap();
    assert!(hint.contains("hint: run `aws sso login --profile p`"), "{hint}");
}

/// Credentials as a container and an instance give them, and a role that STS gives; ends with the test.
fn credentials_server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            answer_for_credentials(stream);
        }
    });
    format!("http://{address}")
}

fn answer_for_credentials(mut stream: TcpStream) {
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && matches!(stream.read(&mut byte), Ok(1)) {
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let keys = |id: &str| {
        format!(
            r#"{{"Code":"Success","AccessKeyId":"{id}","SecretAccessKey":"s3cr3t","Token":"t0ken","Expiration":"2099-01-01T00:00:00Z"}}"#
        )
    };
    let body = match head.split(' ').nth(1).unwrap_or_default() {
        "/latest/api/token" => "metadata".to_owned(),
        "/latest/meta-data/iam/security-credentials-extended/" | "/latest/meta-data/iam/security-credentials/" => {
            "role".to_owned()
        }
        path if path.starts_with("/latest/") => keys("AKIDINSTANCE"),
        "/container" => keys("AKIDCONTAINER"),
        _ => "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult><Credentials>\
              <AccessKeyId>AKIDASSUMED</AccessKeyId><SecretAccessKey>s3cr3t</SecretAccessKey>\
              <SessionToken>t0ken</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>\
              </Credentials></AssumeRoleResult></AssumeRoleResponse>"
            .to_owned(),
    };
    let response = format!(
        "HTTP/1.1 200 OK\r\nx-aws-ec2-metadata-token-ttl-seconds: 21600\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    // Who hangs up gets no answer
    let _ = stream.write_all(response.as_bytes());
}

#[test]
fn credentials_come_from_where_the_aws_cli_finds_them() {
    let home = Home::new();
    let served = Served::start(&home, &[]);
    let server = credentials_server();
    let without_keys = || {
        let mut command = client(&home, &["-vv", "organizations"]);
        command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY");
        command.env("AWS_ENDPOINT_URL_WORKMAIL", &served.url);
        command
    };
    let config = home.write(
        "config",
        "[profile p]\nrole_arn = arn:aws:iam::111122223333:role/r\nsource_profile = q\n\
         [profile q]\naws_access_key_id = AKIDSOURCE\naws_secret_access_key = s3cr3t\n",
    );
    let mut container = without_keys();
    container.env("AWS_CONTAINER_CREDENTIALS_FULL_URI", format!("{server}/container"));
    let mut instance = without_keys();
    instance.env("AWS_EC2_METADATA_DISABLED", "false").env("AWS_EC2_METADATA_SERVICE_ENDPOINT", &server);
    let mut assumed = without_keys();
    assumed.env("AWS_CONFIG_FILE", config).env("AWS_PROFILE", "p").env("AWS_ENDPOINT_URL_STS", &server);
    for (mut command, source) in [
        (container, "from=\"the container\""),
        (instance, "from=\"the instance's metadata\""),
        (assumed, "from=\"profile p\""),
    ] {
        let output = command.output_within_limit();
        let printed = printed(&output);
        assert_eq!(output.status.code(), Some(0), "{source}: {printed}");
        assert!(printed.contains("acme") && printed.contains(source), "{source}: {printed}");
        assert!(!printed.contains("s3cr3t") && !printed.contains("t0ken"), "{printed}");
    }
}

#[test]
fn machines_without_root_certificates_are_told() {
    let home = Home::new();
    let empty = home.write("empty", "");
    let mut command = client(&home, &["organizations"]);
    command.env("AWS_ENDPOINT_URL", "https://127.0.0.1:1").env("SSL_CERT_FILE", empty);
    let error = error(&command.output_within_limit());
    assert!(error.contains("no root certificates that can be read (SSL_CERT_FILE"), "{error}");
}

#[test]
fn a_password_in_an_address_is_never_shown() {
    let home = Home::new();
    for url in ["http://me:s3cr3t@127.0.0.1:1", "me:s3cr3t@host", "http://me:s3cr3t@"] {
        let mut command = client(&home, &["-vv", "organizations"]);
        let error = error(&command.env("AWS_ENDPOINT_URL", url).output_within_limit());
        assert!(error.contains("***@"), "{error}");
    }
    let mut command = client(&home, &["-vv", "organizations"]);
    command.env("AWS_ENDPOINT_URL", "http://192.0.2.1:1").env("HTTP_PROXY", "http://me:s3cr3t@127.0.0.1:1");
    let error = error(&command.output_within_limit());
    assert!(error.contains("(through the proxy http://127.0.0.1:1/)"), "{error}");
}

#[test]
fn a_token_does_not_cross_the_network_in_clear() {
    let home = Home::new();
    let organization = "m-0123456789abcdef0123456789abcdef";
    let assume = ["--organization", organization, "assume", "role"];
    // A proxy that nobody listens at, so that no name is looked up
    let run = |args: &[&str]| {
        let mut command = client(&home, args);
        command.env("AWS_ENDPOINT_URL", "http://192.0.2.1:1").env("HTTP_PROXY", "http://127.0.0.1:1");
        command.output_within_limit()
    };
    let refused = run(&assume);
    let stderr = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(5), "{stderr}");
    assert!(
        stderr.contains("a token would go to http://192.0.2.1:1") && stderr.contains("--insecure-endpoint")
    );
    let allowed = run(&[&["--insecure-endpoint"], &assume[..]].concat());
    assert_eq!(allowed.status.code(), Some(1));
    let stderr = String::from_utf8_lossy(&allowed.stderr);
    assert!(stderr.starts_with("warning: http://192.0.2.1:1 is not encrypted"), "{stderr}");
    let ews = ["--ews-url", "http://192.0.2.1/EWS/Exchange.asmx", "assume", "Migration"];
    assert_eq!(home.run(&ews).status.code(), Some(5));
    let ews = ["--ews-url", "https://me:s3cr3t@example.com/EWS/Exchange.asmx", "assume", "Migration"];
    let wrong = home.run(&ews);
    assert_eq!((wrong.status.code(), wrong.stdout.len()), (Some(2), 0));
    error(&wrong);
}

#[test]
fn v_says_where_calls_go_as_whom_and_how_many_there_were() {
    let home = Home::new();
    let served = Served::start(&home, &[]);
    let stderr = |args: &[&str]| {
        let output = served.client(&home, args).output_within_limit();
        assert_eq!(output.status.code(), Some(0));
        String::from_utf8(output.stderr).unwrap()
    };
    let told = stderr(&["-v", "organizations"]);
    for wanted in [
        &format!("service endpoint=\"{}\" region=\"us-east-1\"", served.url),
        "AWS credentials from=\"the environment\"",
        "all calls calls=1 repeated=0",
    ] {
        assert!(told.contains(wanted), "{told}");
    }
    assert_eq!(stderr(&["organizations"]), "");
}

#[cfg(unix)]
#[test]
fn a_token_is_in_no_core_dump() {
    let home = Home::new();
    let program = env!("CARGO_BIN_EXE_wmrole");
    let mut shell = Command::new("sh");
    shell.args([
        "-c",
        "ulimit -S -c \"$(ulimit -H -c)\"; \"$0\" assume Migration -- sh -c 'ulimit -S -c'",
        program,
    ]);
    let sandbox = home.command(&[]);
    shell.env_clear().envs(sandbox.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = shell.output_within_limit();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "0\n", "{}", printed(&output));
}

#[test]
fn what_is_waited_for_is_said() {
    let home = Home::new();
    let served = Served::start(&home, &["--latency", "600000"]);
    let mut command = served.client(&home, &["organizations"]);
    let mut child = command.stderr(std::process::Stdio::piped()).spawn().unwrap();
    let line = first_line(child.stderr.take().unwrap());
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(line, format!("waiting for ListOrganizations from {} (3 s)\n", served.url));
}
