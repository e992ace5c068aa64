# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_wmrole_global_optspecs
    string join \n organization= profile= region= endpoint-url= insecure-endpoint ews-url= sandbox= o/output= color= q/quiet v/verbose y/yes no-input policy= dry-run concurrency= h/help V/version
end

function __fish_wmrole_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_wmrole_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_wmrole_using_subcommand
    set -l cmd (__fish_wmrole_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c wmrole -n "__fish_wmrole_needs_command" -l organization -l org -l organization-id -d 'Work on this organization, whatever the YAML names [default: the one the YAML names, else that of the environment, else the only one there is]' -r
complete -c wmrole -n "__fish_wmrole_needs_command" -l profile -d 'Use this profile of the AWS configuration' -r
complete -c wmrole -n "__fish_wmrole_needs_command" -l region -d 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1' -r
complete -c wmrole -n "__fish_wmrole_needs_command" -l endpoint-url -d 'Call the service at this address' -r -f
complete -c wmrole -n "__fish_wmrole_needs_command" -l ews-url -d 'Use this EWS endpoint' -r -f
complete -c wmrole -n "__fish_wmrole_needs_command" -l sandbox -d 'Work on the sandbox whose state is in this file, made with a demo organization if missing' -r -F
complete -c wmrole -n "__fish_wmrole_needs_command" -s o -l output -d 'Write results in this format' -r -f -a "table\t'For people'
json\t'For scripts'
yaml\t'YAML'
markdown\t'For a pull request\'s comment'
github\t'For a GitHub job: annotations at the lines of the YAML'
junit\t'For test reports'
csv\t'For spreadsheets'"
complete -c wmrole -n "__fish_wmrole_needs_command" -l color -d 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c wmrole -n "__fish_wmrole_needs_command" -l policy -d 'Hold every change to the protected_users of this definition file' -r -F
complete -c wmrole -n "__fish_wmrole_needs_command" -l concurrency -d 'Keep at most this many API calls in flight' -r
complete -c wmrole -n "__fish_wmrole_needs_command" -l insecure-endpoint -d 'Let a token cross plain http to another machine'
complete -c wmrole -n "__fish_wmrole_needs_command" -s q -l quiet -d 'Say less on stderr'
complete -c wmrole -n "__fish_wmrole_needs_command" -s v -l verbose -d 'Say more on stderr; twice shows each API call'
complete -c wmrole -n "__fish_wmrole_needs_command" -s y -l yes -d 'Do not ask for confirmation'
complete -c wmrole -n "__fish_wmrole_needs_command" -l no-input -d 'Never prompt: fail instead, naming the flag that would have answered'
complete -c wmrole -n "__fish_wmrole_needs_command" -l dry-run -d 'Show what a command would change, and stop'
complete -c wmrole -n "__fish_wmrole_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wmrole -n "__fish_wmrole_needs_command" -s V -l version -d 'Print version'
complete -c wmrole -n "__fish_wmrole_needs_command" -f -a "list" -d 'List the roles with type, rules and reach'
complete -c wmrole -n "__fish_wmrole_needs_command" -f -a "ls" -d 'List the roles with type, rules and reach'
complete -c wmrole -n "__fish_wmrole_needs_command" -f -a "show" -d 'Show a role, its rules and every target as a person'
complete -c wmrole -n "__fish_wmrole_needs_command" -f -a "create" -d 'Create a role'
complete -c wmrole -n "__fish_wmrole_needs_command" -f -a "edit" -d 'Change a role'
complete -c wmrole -n "__fish_wmrole_needs_command" -f -a "delete" -d 'Delete roles'
complete -c wmrole -n "__fish_wmrole_needs_command" -f -a "rm" -d 'Delete roles'
complete -c wmrole -n "__fish_wmrole_needs_command" -f -a "test" -d 'Ask whether a role may impersonate users, or run expectations'
complete -c wmrole -n "__fish_wmrole_needs_command" -f -a "access" -d 'Show who reaches whom: roles by users'
complete -c wmrole -n "__fish_wmrole_needs_command" -f -a "assume" -d 'Get a token for EWS'
complete -c wmrole -n "__fish_wmrole_needs_command" -f -a "diff" -d 'Show what would change, and who gains and loses access'
complete -c wmrole -n "__fish_wmrole_needs_command" -f -a "apply" -d 'Make definitions live: show the plan, ask, execute, report'
complete -c wmrole -n "__fish_wmrole_needs_command" -f -a "undo" -d 'Bring back what the last change replaced'
complete -c wmrole -n "__fish_wmrole_needs_command" -f -a "export" -d 'Write live roles as YAML that diff finds equal'
complete -c wmrole -n "__fish_wmrole_needs_command" -f -a "validate" -d 'Check definitions without network'
complete -c wmrole -n "__fish_wmrole_needs_command" -f -a "organizations" -d 'List the account\'s WorkMail organizations'
complete -c wmrole -n "__fish_wmrole_needs_command" -f -a "orgs" -d 'List the account\'s WorkMail organizations'
complete -c wmrole -n "__fish_wmrole_needs_command" -f -a "sandbox" -d 'Run or make the local stand-in of the service'
complete -c wmrole -n "__fish_wmrole_needs_command" -f -a "completions" -d 'Print a completion script'
complete -c wmrole -n "__fish_wmrole_needs_command" -f -a "man" -d 'Open a man page, or write all of them'
complete -c wmrole -n "__fish_wmrole_needs_command" -f -a "schema" -d 'Print the JSON Schema of the YAML, or of the JSON output'
complete -c wmrole -n "__fish_wmrole_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c wmrole -n "__fish_wmrole_using_subcommand list" -s o -l output -d 'Write results in this format' -r -f -a "table\t'For people'
json\t'For scripts'
yaml\t'YAML'"
complete -c wmrole -n "__fish_wmrole_using_subcommand list" -l organization -l org -l organization-id -d 'Work on this organization, whatever the YAML names [default: the one the YAML names, else that of the environment, else the only one there is]' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand list" -l profile -d 'Use this profile of the AWS configuration' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand list" -l region -d 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand list" -l endpoint-url -d 'Call the service at this address' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand list" -l ews-url -d 'Use this EWS endpoint' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand list" -l sandbox -d 'Work on the sandbox whose state is in this file, made with a demo organization if missing' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand list" -l color -d 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c wmrole -n "__fish_wmrole_using_subcommand list" -l policy -d 'Hold every change to the protected_users of this definition file' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand list" -l concurrency -d 'Keep at most this many API calls in flight' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand list" -l insecure-endpoint -d 'Let a token cross plain http to another machine'
complete -c wmrole -n "__fish_wmrole_using_subcommand list" -s q -l quiet -d 'Say less on stderr'
complete -c wmrole -n "__fish_wmrole_using_subcommand list" -s v -l verbose -d 'Say more on stderr; twice shows each API call'
complete -c wmrole -n "__fish_wmrole_using_subcommand list" -s y -l yes -d 'Do not ask for confirmation'
complete -c wmrole -n "__fish_wmrole_using_subcommand list" -l no-input -d 'Never prompt: fail instead, naming the flag that would have answered'
complete -c wmrole -n "__fish_wmrole_using_subcommand list" -l dry-run -d 'Show what a command would change, and stop'
complete -c wmrole -n "__fish_wmrole_using_subcommand list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wmrole -n "__fish_wmrole_using_subcommand list" -s V -l version -d 'Print version'
complete -c wmrole -n "__fish_wmrole_using_subcommand ls" -s o -l output -d 'Write results in this format' -r -f -a "table\t'For people'
json\t'For scripts'
yaml\t'YAML'"
complete -c wmrole -n "__fish_wmrole_using_subcommand ls" -l organization -l org -l organization-id -d 'Work on this organization, whatever the YAML names [default: the one the YAML names, else that of the environment, else the only one there is]' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand ls" -l profile -d 'Use this profile of the AWS configuration' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand ls" -l region -d 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand ls" -l endpoint-url -d 'Call the service at this address' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand ls" -l ews-url -d 'Use this EWS endpoint' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand ls" -l sandbox -d 'Work on the sandbox whose state is in this file, made with a demo organization if missing' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand ls" -l color -d 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c wmrole -n "__fish_wmrole_using_subcommand ls" -l policy -d 'Hold every change to the protected_users of this definition file' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand ls" -l concurrency -d 'Keep at most this many API calls in flight' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand ls" -l insecure-endpoint -d 'Let a token cross plain http to another machine'
complete -c wmrole -n "__fish_wmrole_using_subcommand ls" -s q -l quiet -d 'Say less on stderr'
complete -c wmrole -n "__fish_wmrole_using_subcommand ls" -s v -l verbose -d 'Say more on stderr; twice shows each API call'
complete -c wmrole -n "__fish_wmrole_using_subcommand ls" -s y -l yes -d 'Do not ask for confirmation'
complete -c wmrole -n "__fish_wmrole_using_subcommand ls" -l no-input -d 'Never prompt: fail instead, naming the flag that would have answered'
complete -c wmrole -n "__fish_wmrole_using_subcommand ls" -l dry-run -d 'Show what a command would change, and stop'
complete -c wmrole -n "__fish_wmrole_using_subcommand ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wmrole -n "__fish_wmrole_using_subcommand ls" -s V -l version -d 'Print version'
complete -c wmrole -n "__fish_wmrole_using_subcommand show" -s o -l output -d 'Write results in this format' -r -f -a "table\t'For people'
json\t'For scripts'
yaml\t'YAML'"
complete -c wmrole -n "__fish_wmrole_using_subcommand show" -l organization -l org -l organization-id -d 'Work on this organization, whatever the YAML names [default: the one the YAML names, else that of the environment, else the only one there is]' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand show" -l profile -d 'Use this profile of the AWS configuration' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand show" -l region -d 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand show" -l endpoint-url -d 'Call the service at this address' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand show" -l ews-url -d 'Use this EWS endpoint' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand show" -l sandbox -d 'Work on the sandbox whose state is in this file, made with a demo organization if missing' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand show" -l color -d 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c wmrole -n "__fish_wmrole_using_subcommand show" -l policy -d 'Hold every change to the protected_users of this definition file' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand show" -l concurrency -d 'Keep at most this many API calls in flight' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand show" -l insecure-endpoint -d 'Let a token cross plain http to another machine'
complete -c wmrole -n "__fish_wmrole_using_subcommand show" -s q -l quiet -d 'Say less on stderr'
complete -c wmrole -n "__fish_wmrole_using_subcommand show" -s v -l verbose -d 'Say more on stderr; twice shows each API call'
complete -c wmrole -n "__fish_wmrole_using_subcommand show" -s y -l yes -d 'Do not ask for confirmation'
complete -c wmrole -n "__fish_wmrole_using_subcommand show" -l no-input -d 'Never prompt: fail instead, naming the flag that would have answered'
complete -c wmrole -n "__fish_wmrole_using_subcommand show" -l dry-run -d 'Show what a command would change, and stop'
complete -c wmrole -n "__fish_wmrole_using_subcommand show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wmrole -n "__fish_wmrole_using_subcommand show" -s V -l version -d 'Print version'
complete -c wmrole -n "__fish_wmrole_using_subcommand create" -l type -d 'What the role may do in a mailbox' -r -f -a "read-only\t''
full-access\t''"
complete -c wmrole -n "__fish_wmrole_using_subcommand create" -l description -d 'What the role is for' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand create" -l allow -d 'Allow these users' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand create" -l deny -d 'Deny these users' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand create" -l allow-everyone-except -d 'Allow every mailbox but these users\'' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand create" -l allow-group -d 'Allow the members that these groups have now' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand create" -l deny-group -d 'Deny the members that these groups have now' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand create" -l max-gained -d 'Refuse when more users than this become newly reachable' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand create" -s f -l file -d 'Create the roles that this YAML declares; `-` reads stdin' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand create" -s o -l output -d 'Write results in this format' -r -f -a "table\t'For people'
json\t'For scripts'
yaml\t'YAML'"
complete -c wmrole -n "__fish_wmrole_using_subcommand create" -l organization -l org -l organization-id -d 'Work on this organization, whatever the YAML names [default: the one the YAML names, else that of the environment, else the only one there is]' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand create" -l profile -d 'Use this profile of the AWS configuration' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand create" -l region -d 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand create" -l endpoint-url -d 'Call the service at this address' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand create" -l ews-url -d 'Use this EWS endpoint' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand create" -l sandbox -d 'Work on the sandbox whose state is in this file, made with a demo organization if missing' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand create" -l color -d 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c wmrole -n "__fish_wmrole_using_subcommand create" -l policy -d 'Hold every change to the protected_users of this definition file' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand create" -l concurrency -d 'Keep at most this many API calls in flight' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand create" -l allow-everyone -d 'Allow every mailbox, those made tomorrow included'
complete -c wmrole -n "__fish_wmrole_using_subcommand create" -l allow-escalation -d 'Let roles turn from READ_ONLY to FULL_ACCESS'
complete -c wmrole -n "__fish_wmrole_using_subcommand create" -l all -d 'Name everyone who gains or loses access, however many they are'
complete -c wmrole -n "__fish_wmrole_using_subcommand create" -l insecure-endpoint -d 'Let a token cross plain http to another machine'
complete -c wmrole -n "__fish_wmrole_using_subcommand create" -s q -l quiet -d 'Say less on stderr'
complete -c wmrole -n "__fish_wmrole_using_subcommand create" -s v -l verbose -d 'Say more on stderr; twice shows each API call'
complete -c wmrole -n "__fish_wmrole_using_subcommand create" -s y -l yes -d 'Do not ask for confirmation'
complete -c wmrole -n "__fish_wmrole_using_subcommand create" -l no-input -d 'Never prompt: fail instead, naming the flag that would have answered'
complete -c wmrole -n "__fish_wmrole_using_subcommand create" -l dry-run -d 'Show what a command would change, and stop'
complete -c wmrole -n "__fish_wmrole_using_subcommand create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wmrole -n "__fish_wmrole_using_subcommand create" -s V -l version -d 'Print version'
complete -c wmrole -n "__fish_wmrole_using_subcommand edit" -l name -d 'Rename the role' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand edit" -l type -d 'Set the role type' -r -f -a "read-only\t''
full-access\t''"
complete -c wmrole -n "__fish_wmrole_using_subcommand edit" -l description -d 'Set the description; empty clears it' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand edit" -l allow -d 'Allow these users' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand edit" -l deny -d 'Deny these users' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand edit" -l allow-everyone-except -d 'Allow every mailbox but these users\'' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand edit" -l allow-group -d 'Allow the members that these groups have now' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand edit" -l deny-group -d 'Deny the members that these groups have now' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand edit" -l rule -d 'Add the users of --allow and --deny to this rule, by id or name [default: the only one that fits, else a new one]' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand edit" -l remove-user -d 'Take these users out of the ALLOW rules' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand edit" -l undeny -d 'Take these users out of DENY rules and exceptions, so that they can be reached again' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand edit" -l remove-rule -d 'Remove these rules, by id or name; refused where that gives somebody access' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand edit" -l remove-deny-rule -d 'Remove these DENY rules, by id or name, so that users whom they deny can be reached' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand edit" -l max-gained -d 'Refuse when more users than this become newly reachable' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand edit" -s o -l output -d 'Write results in this format' -r -f -a "table\t'For people'
json\t'For scripts'
yaml\t'YAML'"
complete -c wmrole -n "__fish_wmrole_using_subcommand edit" -l organization -l org -l organization-id -d 'Work on this organization, whatever the YAML names [default: the one the YAML names, else that of the environment, else the only one there is]' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand edit" -l profile -d 'Use this profile of the AWS configuration' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand edit" -l region -d 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand edit" -l endpoint-url -d 'Call the service at this address' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand edit" -l ews-url -d 'Use this EWS endpoint' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand edit" -l sandbox -d 'Work on the sandbox whose state is in this file, made with a demo organization if missing' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand edit" -l color -d 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c wmrole -n "__fish_wmrole_using_subcommand edit" -l policy -d 'Hold every change to the protected_users of this definition file' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand edit" -l concurrency -d 'Keep at most this many API calls in flight' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand edit" -l allow-everyone -d 'Allow every mailbox, those made tomorrow included'
complete -c wmrole -n "__fish_wmrole_using_subcommand edit" -l allow-escalation -d 'Let roles turn from READ_ONLY to FULL_ACCESS'
complete -c wmrole -n "__fish_wmrole_using_subcommand edit" -l all -d 'Name everyone who gains or loses access, however many they are'
complete -c wmrole -n "__fish_wmrole_using_subcommand edit" -l insecure-endpoint -d 'Let a token cross plain http to another machine'
complete -c wmrole -n "__fish_wmrole_using_subcommand edit" -s q -l quiet -d 'Say less on stderr'
complete -c wmrole -n "__fish_wmrole_using_subcommand edit" -s v -l verbose -d 'Say more on stderr; twice shows each API call'
complete -c wmrole -n "__fish_wmrole_using_subcommand edit" -s y -l yes -d 'Do not ask for confirmation'
complete -c wmrole -n "__fish_wmrole_using_subcommand edit" -l no-input -d 'Never prompt: fail instead, naming the flag that would have answered'
complete -c wmrole -n "__fish_wmrole_using_subcommand edit" -l dry-run -d 'Show what a command would change, and stop'
complete -c wmrole -n "__fish_wmrole_using_subcommand edit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wmrole -n "__fish_wmrole_using_subcommand edit" -s V -l version -d 'Print version'
complete -c wmrole -n "__fish_wmrole_using_subcommand delete" -s o -l output -d 'Write results in this format' -r -f -a "table\t'For people'
json\t'For scripts'
yaml\t'YAML'"
complete -c wmrole -n "__fish_wmrole_using_subcommand delete" -l organization -l org -l organization-id -d 'Work on this organization, whatever the YAML names [default: the one the YAML names, else that of the environment, else the only one there is]' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand delete" -l profile -d 'Use this profile of the AWS configuration' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand delete" -l region -d 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand delete" -l endpoint-url -d 'Call the service at this address' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand delete" -l ews-url -d 'Use this EWS endpoint' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand delete" -l sandbox -d 'Work on the sandbox whose state is in this file, made with a demo organization if missing' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand delete" -l color -d 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c wmrole -n "__fish_wmrole_using_subcommand delete" -l policy -d 'Hold every change to the protected_users of this definition file' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand delete" -l concurrency -d 'Keep at most this many API calls in flight' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand delete" -l insecure-endpoint -d 'Let a token cross plain http to another machine'
complete -c wmrole -n "__fish_wmrole_using_subcommand delete" -s q -l quiet -d 'Say less on stderr'
complete -c wmrole -n "__fish_wmrole_using_subcommand delete" -s v -l verbose -d 'Say more on stderr; twice shows each API call'
complete -c wmrole -n "__fish_wmrole_using_subcommand delete" -s y -l yes -d 'Do not ask for confirmation'
complete -c wmrole -n "__fish_wmrole_using_subcommand delete" -l no-input -d 'Never prompt: fail instead, naming the flag that would have answered'
complete -c wmrole -n "__fish_wmrole_using_subcommand delete" -l dry-run -d 'Show what a command would change, and stop'
complete -c wmrole -n "__fish_wmrole_using_subcommand delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wmrole -n "__fish_wmrole_using_subcommand delete" -s V -l version -d 'Print version'
complete -c wmrole -n "__fish_wmrole_using_subcommand rm" -s o -l output -d 'Write results in this format' -r -f -a "table\t'For people'
json\t'For scripts'
yaml\t'YAML'"
complete -c wmrole -n "__fish_wmrole_using_subcommand rm" -l organization -l org -l organization-id -d 'Work on this organization, whatever the YAML names [default: the one the YAML names, else that of the environment, else the only one there is]' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand rm" -l profile -d 'Use this profile of the AWS configuration' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand rm" -l region -d 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand rm" -l endpoint-url -d 'Call the service at this address' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand rm" -l ews-url -d 'Use this EWS endpoint' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand rm" -l sandbox -d 'Work on the sandbox whose state is in this file, made with a demo organization if missing' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand rm" -l color -d 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c wmrole -n "__fish_wmrole_using_subcommand rm" -l policy -d 'Hold every change to the protected_users of this definition file' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand rm" -l concurrency -d 'Keep at most this many API calls in flight' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand rm" -l insecure-endpoint -d 'Let a token cross plain http to another machine'
complete -c wmrole -n "__fish_wmrole_using_subcommand rm" -s q -l quiet -d 'Say less on stderr'
complete -c wmrole -n "__fish_wmrole_using_subcommand rm" -s v -l verbose -d 'Say more on stderr; twice shows each API call'
complete -c wmrole -n "__fish_wmrole_using_subcommand rm" -s y -l yes -d 'Do not ask for confirmation'
complete -c wmrole -n "__fish_wmrole_using_subcommand rm" -l no-input -d 'Never prompt: fail instead, naming the flag that would have answered'
complete -c wmrole -n "__fish_wmrole_using_subcommand rm" -l dry-run -d 'Show what a command would change, and stop'
complete -c wmrole -n "__fish_wmrole_using_subcommand rm" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wmrole -n "__fish_wmrole_using_subcommand rm" -s V -l version -d 'Print version'
complete -c wmrole -n "__fish_wmrole_using_subcommand test" -s f -l file -d 'Run every `expect` of these definitions; files or directories, `-` reads stdin' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand test" -s o -l output -d 'Write results in this format' -r -f -a "table\t'For people'
json\t'For scripts'
yaml\t'YAML'
github\t'For a GitHub job: annotations at the lines of the YAML'
junit\t'For test reports'"
complete -c wmrole -n "__fish_wmrole_using_subcommand test" -l organization -l org -l organization-id -d 'Work on this organization, whatever the YAML names [default: the one the YAML names, else that of the environment, else the only one there is]' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand test" -l profile -d 'Use this profile of the AWS configuration' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand test" -l region -d 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand test" -l endpoint-url -d 'Call the service at this address' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand test" -l ews-url -d 'Use this EWS endpoint' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand test" -l sandbox -d 'Work on the sandbox whose state is in this file, made with a demo organization if missing' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand test" -l color -d 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c wmrole -n "__fish_wmrole_using_subcommand test" -l policy -d 'Hold every change to the protected_users of this definition file' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand test" -l concurrency -d 'Keep at most this many API calls in flight' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand test" -l offline -d 'Evaluate here instead of asking the service: the live rules, or with --file the definitions'
complete -c wmrole -n "__fish_wmrole_using_subcommand test" -l insecure-endpoint -d 'Let a token cross plain http to another machine'
complete -c wmrole -n "__fish_wmrole_using_subcommand test" -s q -l quiet -d 'Say less on stderr'
complete -c wmrole -n "__fish_wmrole_using_subcommand test" -s v -l verbose -d 'Say more on stderr; twice shows each API call'
complete -c wmrole -n "__fish_wmrole_using_subcommand test" -s y -l yes -d 'Do not ask for confirmation'
complete -c wmrole -n "__fish_wmrole_using_subcommand test" -l no-input -d 'Never prompt: fail instead, naming the flag that would have answered'
complete -c wmrole -n "__fish_wmrole_using_subcommand test" -l dry-run -d 'Show what a command would change, and stop'
complete -c wmrole -n "__fish_wmrole_using_subcommand test" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wmrole -n "__fish_wmrole_using_subcommand test" -s V -l version -d 'Print version'
complete -c wmrole -n "__fish_wmrole_using_subcommand access" -l role -d 'Only these roles, by name or id' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand access" -l user -d 'Only these users, and the roles that reach them' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand access" -s o -l output -d 'Write results in this format' -r -f -a "table\t'For people'
json\t'For scripts'
yaml\t'YAML'
markdown\t'For a pull request\'s comment'
csv\t'For spreadsheets'"
complete -c wmrole -n "__fish_wmrole_using_subcommand access" -l organization -l org -l organization-id -d 'Work on this organization, whatever the YAML names [default: the one the YAML names, else that of the environment, else the only one there is]' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand access" -l profile -d 'Use this profile of the AWS configuration' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand access" -l region -d 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand access" -l endpoint-url -d 'Call the service at this address' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand access" -l ews-url -d 'Use this EWS endpoint' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand access" -l sandbox -d 'Work on the sandbox whose state is in this file, made with a demo organization if missing' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand access" -l color -d 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c wmrole -n "__fish_wmrole_using_subcommand access" -l policy -d 'Hold every change to the protected_users of this definition file' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand access" -l concurrency -d 'Keep at most this many API calls in flight' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand access" -l insecure-endpoint -d 'Let a token cross plain http to another machine'
complete -c wmrole -n "__fish_wmrole_using_subcommand access" -s q -l quiet -d 'Say less on stderr'
complete -c wmrole -n "__fish_wmrole_using_subcommand access" -s v -l verbose -d 'Say more on stderr; twice shows each API call'
complete -c wmrole -n "__fish_wmrole_using_subcommand access" -s y -l yes -d 'Do not ask for confirmation'
complete -c wmrole -n "__fish_wmrole_using_subcommand access" -l no-input -d 'Never prompt: fail instead, naming the flag that would have answered'
complete -c wmrole -n "__fish_wmrole_using_subcommand access" -l dry-run -d 'Show what a command would change, and stop'
complete -c wmrole -n "__fish_wmrole_using_subcommand access" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wmrole -n "__fish_wmrole_using_subcommand access" -s V -l version -d 'Print version'
complete -c wmrole -n "__fish_wmrole_using_subcommand assume" -l as -d 'Ask first whether the role may impersonate this user' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand assume" -l format -d 'Write the token in this form' -r -f -a "token\t'The bare token'
json\t'A JSON object'
env\t'Exports for sh, bash and zsh'
fish\t'Exports for fish'
powershell\t'Assignments for PowerShell'
cmd\t'Assignments for cmd.exe'
header\t'An Authorization header'
github\t'Masked, and set for later steps of a GitHub job'"
complete -c wmrole -n "__fish_wmrole_using_subcommand assume" -s o -l output -d 'Write results in this format' -r -f -a "table\t'For people'
json\t'For scripts'
yaml\t'YAML'"
complete -c wmrole -n "__fish_wmrole_using_subcommand assume" -l organization -l org -l organization-id -d 'Work on this organization, whatever the YAML names [default: the one the YAML names, else that of the environment, else the only one there is]' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand assume" -l profile -d 'Use this profile of the AWS configuration' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand assume" -l region -d 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand assume" -l endpoint-url -d 'Call the service at this address' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand assume" -l ews-url -d 'Use this EWS endpoint' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand assume" -l sandbox -d 'Work on the sandbox whose state is in this file, made with a demo organization if missing' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand assume" -l color -d 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c wmrole -n "__fish_wmrole_using_subcommand assume" -l policy -d 'Hold every change to the protected_users of this definition file' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand assume" -l concurrency -d 'Keep at most this many API calls in flight' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand assume" -l insecure-endpoint -d 'Let a token cross plain http to another machine'
complete -c wmrole -n "__fish_wmrole_using_subcommand assume" -s q -l quiet -d 'Say less on stderr'
complete -c wmrole -n "__fish_wmrole_using_subcommand assume" -s v -l verbose -d 'Say more on stderr; twice shows each API call'
complete -c wmrole -n "__fish_wmrole_using_subcommand assume" -s y -l yes -d 'Do not ask for confirmation'
complete -c wmrole -n "__fish_wmrole_using_subcommand assume" -l no-input -d 'Never prompt: fail instead, naming the flag that would have answered'
complete -c wmrole -n "__fish_wmrole_using_subcommand assume" -l dry-run -d 'Show what a command would change, and stop'
complete -c wmrole -n "__fish_wmrole_using_subcommand assume" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wmrole -n "__fish_wmrole_using_subcommand assume" -s V -l version -d 'Print version'
complete -c wmrole -n "__fish_wmrole_using_subcommand diff" -s f -l file -d 'More files or directories' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand diff" -l max-deletes -d 'Refuse to delete more roles than this [default: 1]' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand diff" -l max-gained -d 'Refuse when more users than this become newly reachable' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand diff" -l save -d 'Save the plan in this file, for `apply --plan`' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand diff" -s o -l output -d 'Write results in this format' -r -f -a "table\t'For people'
json\t'For scripts'
yaml\t'YAML'
markdown\t'For a pull request\'s comment'
github\t'For a GitHub job: annotations at the lines of the YAML'"
complete -c wmrole -n "__fish_wmrole_using_subcommand diff" -l organization -l org -l organization-id -d 'Work on this organization, whatever the YAML names [default: the one the YAML names, else that of the environment, else the only one there is]' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand diff" -l profile -d 'Use this profile of the AWS configuration' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand diff" -l region -d 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand diff" -l endpoint-url -d 'Call the service at this address' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand diff" -l ews-url -d 'Use this EWS endpoint' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand diff" -l sandbox -d 'Work on the sandbox whose state is in this file, made with a demo organization if missing' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand diff" -l color -d 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c wmrole -n "__fish_wmrole_using_subcommand diff" -l policy -d 'Hold every change to the protected_users of this definition file' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand diff" -l concurrency -d 'Keep at most this many API calls in flight' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand diff" -l prune -d 'Delete live roles that nothing declares'
complete -c wmrole -n "__fish_wmrole_using_subcommand diff" -l allow-escalation -d 'Let roles turn from READ_ONLY to FULL_ACCESS'
complete -c wmrole -n "__fish_wmrole_using_subcommand diff" -l all -d 'Name everyone who gains or loses access, however many they are'
complete -c wmrole -n "__fish_wmrole_using_subcommand diff" -l exit-code -d 'End with 3 when there are changes'
complete -c wmrole -n "__fish_wmrole_using_subcommand diff" -l insecure-endpoint -d 'Let a token cross plain http to another machine'
complete -c wmrole -n "__fish_wmrole_using_subcommand diff" -s q -l quiet -d 'Say less on stderr'
complete -c wmrole -n "__fish_wmrole_using_subcommand diff" -s v -l verbose -d 'Say more on stderr; twice shows each API call'
complete -c wmrole -n "__fish_wmrole_using_subcommand diff" -s y -l yes -d 'Do not ask for confirmation'
complete -c wmrole -n "__fish_wmrole_using_subcommand diff" -l no-input -d 'Never prompt: fail instead, naming the flag that would have answered'
complete -c wmrole -n "__fish_wmrole_using_subcommand diff" -l dry-run -d 'Show what a command would change, and stop'
complete -c wmrole -n "__fish_wmrole_using_subcommand diff" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wmrole -n "__fish_wmrole_using_subcommand diff" -s V -l version -d 'Print version'
complete -c wmrole -n "__fish_wmrole_using_subcommand apply" -s f -l file -d 'More files or directories' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand apply" -l plan -d 'Execute the plan that `diff --save` saved in this file, or refuse it as stale; files given besides must be those it was made from' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand apply" -l max-deletes -d 'Refuse to delete more roles than this [default: 1]' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand apply" -l max-gained -d 'Refuse when more users than this become newly reachable' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand apply" -s o -l output -d 'Write results in this format' -r -f -a "table\t'For people'
json\t'For scripts'
yaml\t'YAML'
markdown\t'For a pull request\'s comment'
github\t'For a GitHub job: annotations at the lines of the YAML'"
complete -c wmrole -n "__fish_wmrole_using_subcommand apply" -l organization -l org -l organization-id -d 'Work on this organization, whatever the YAML names [default: the one the YAML names, else that of the environment, else the only one there is]' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand apply" -l profile -d 'Use this profile of the AWS configuration' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand apply" -l region -d 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand apply" -l endpoint-url -d 'Call the service at this address' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand apply" -l ews-url -d 'Use this EWS endpoint' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand apply" -l sandbox -d 'Work on the sandbox whose state is in this file, made with a demo organization if missing' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand apply" -l color -d 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c wmrole -n "__fish_wmrole_using_subcommand apply" -l policy -d 'Hold every change to the protected_users of this definition file' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand apply" -l concurrency -d 'Keep at most this many API calls in flight' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand apply" -l prune -d 'Delete live roles that nothing declares'
complete -c wmrole -n "__fish_wmrole_using_subcommand apply" -l allow-escalation -d 'Let roles turn from READ_ONLY to FULL_ACCESS'
complete -c wmrole -n "__fish_wmrole_using_subcommand apply" -l all -d 'Name everyone who gains or loses access, however many they are'
complete -c wmrole -n "__fish_wmrole_using_subcommand apply" -l insecure-endpoint -d 'Let a token cross plain http to another machine'
complete -c wmrole -n "__fish_wmrole_using_subcommand apply" -s q -l quiet -d 'Say less on stderr'
complete -c wmrole -n "__fish_wmrole_using_subcommand apply" -s v -l verbose -d 'Say more on stderr; twice shows each API call'
complete -c wmrole -n "__fish_wmrole_using_subcommand apply" -s y -l yes -d 'Do not ask for confirmation'
complete -c wmrole -n "__fish_wmrole_using_subcommand apply" -l no-input -d 'Never prompt: fail instead, naming the flag that would have answered'
complete -c wmrole -n "__fish_wmrole_using_subcommand apply" -l dry-run -d 'Show what a command would change, and stop'
complete -c wmrole -n "__fish_wmrole_using_subcommand apply" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wmrole -n "__fish_wmrole_using_subcommand apply" -s V -l version -d 'Print version'
complete -c wmrole -n "__fish_wmrole_using_subcommand undo" -l max-gained -d 'Refuse when more users than this become newly reachable' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand undo" -s o -l output -d 'Write results in this format' -r -f -a "table\t'For people'
json\t'For scripts'
yaml\t'YAML'"
complete -c wmrole -n "__fish_wmrole_using_subcommand undo" -l organization -l org -l organization-id -d 'Work on this organization, whatever the YAML names [default: the one the YAML names, else that of the environment, else the only one there is]' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand undo" -l profile -d 'Use this profile of the AWS configuration' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand undo" -l region -d 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand undo" -l endpoint-url -d 'Call the service at this address' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand undo" -l ews-url -d 'Use this EWS endpoint' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand undo" -l sandbox -d 'Work on the sandbox whose state is in this file, made with a demo organization if missing' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand undo" -l color -d 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c wmrole -n "__fish_wmrole_using_subcommand undo" -l policy -d 'Hold every change to the protected_users of this definition file' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand undo" -l concurrency -d 'Keep at most this many API calls in flight' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand undo" -l list -d 'List the saved states: when, who, which command'
complete -c wmrole -n "__fish_wmrole_using_subcommand undo" -l allow-everyone -d 'Let roles open to everyone also with --yes'
complete -c wmrole -n "__fish_wmrole_using_subcommand undo" -l allow-escalation -d 'Let roles turn from READ_ONLY to FULL_ACCESS'
complete -c wmrole -n "__fish_wmrole_using_subcommand undo" -l all -d 'Name everyone who gains or loses access, however many they are'
complete -c wmrole -n "__fish_wmrole_using_subcommand undo" -l insecure-endpoint -d 'Let a token cross plain http to another machine'
complete -c wmrole -n "__fish_wmrole_using_subcommand undo" -s q -l quiet -d 'Say less on stderr'
complete -c wmrole -n "__fish_wmrole_using_subcommand undo" -s v -l verbose -d 'Say more on stderr; twice shows each API call'
complete -c wmrole -n "__fish_wmrole_using_subcommand undo" -s y -l yes -d 'Do not ask for confirmation'
complete -c wmrole -n "__fish_wmrole_using_subcommand undo" -l no-input -d 'Never prompt: fail instead, naming the flag that would have answered'
complete -c wmrole -n "__fish_wmrole_using_subcommand undo" -l dry-run -d 'Show what a command would change, and stop'
complete -c wmrole -n "__fish_wmrole_using_subcommand undo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wmrole -n "__fish_wmrole_using_subcommand undo" -s V -l version -d 'Print version'
complete -c wmrole -n "__fish_wmrole_using_subcommand export" -l dir -d 'Write one file a role into this directory' -r -f -a "(__fish_complete_directories)"
complete -c wmrole -n "__fish_wmrole_using_subcommand export" -l snapshot -d 'Write the directory (users, groups, members) into this file instead, for `validate --snapshot`' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand export" -s o -l output -d 'Write results in this format' -r -f -a "table\t'For people'
yaml\t'YAML'"
complete -c wmrole -n "__fish_wmrole_using_subcommand export" -l organization -l org -l organization-id -d 'Work on this organization, whatever the YAML names [default: the one the YAML names, else that of the environment, else the only one there is]' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand export" -l profile -d 'Use this profile of the AWS configuration' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand export" -l region -d 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand export" -l endpoint-url -d 'Call the service at this address' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand export" -l ews-url -d 'Use this EWS endpoint' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand export" -l sandbox -d 'Work on the sandbox whose state is in this file, made with a demo organization if missing' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand export" -l color -d 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c wmrole -n "__fish_wmrole_using_subcommand export" -l policy -d 'Hold every change to the protected_users of this definition file' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand export" -l concurrency -d 'Keep at most this many API calls in flight' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand export" -l force -d 'Overwrite files there that export did not write, or that were edited since'
complete -c wmrole -n "__fish_wmrole_using_subcommand export" -l insecure-endpoint -d 'Let a token cross plain http to another machine'
complete -c wmrole -n "__fish_wmrole_using_subcommand export" -s q -l quiet -d 'Say less on stderr'
complete -c wmrole -n "__fish_wmrole_using_subcommand export" -s v -l verbose -d 'Say more on stderr; twice shows each API call'
complete -c wmrole -n "__fish_wmrole_using_subcommand export" -s y -l yes -d 'Do not ask for confirmation'
complete -c wmrole -n "__fish_wmrole_using_subcommand export" -l no-input -d 'Never prompt: fail instead, naming the flag that would have answered'
complete -c wmrole -n "__fish_wmrole_using_subcommand export" -l dry-run -d 'Show what a command would change, and stop'
complete -c wmrole -n "__fish_wmrole_using_subcommand export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wmrole -n "__fish_wmrole_using_subcommand export" -s V -l version -d 'Print version'
complete -c wmrole -n "__fish_wmrole_using_subcommand validate" -s f -l file -d 'More files or directories' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand validate" -l snapshot -d 'Resolve names and run expectations against the directory saved in this file' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand validate" -s o -l output -d 'Write results in this format' -r -f -a "table\t'For people'
json\t'For scripts'
yaml\t'YAML'
github\t'For a GitHub job: annotations at the lines of the YAML'
junit\t'For test reports'"
complete -c wmrole -n "__fish_wmrole_using_subcommand validate" -l organization -l org -l organization-id -d 'Work on this organization, whatever the YAML names [default: the one the YAML names, else that of the environment, else the only one there is]' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand validate" -l profile -d 'Use this profile of the AWS configuration' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand validate" -l region -d 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand validate" -l endpoint-url -d 'Call the service at this address' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand validate" -l ews-url -d 'Use this EWS endpoint' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand validate" -l sandbox -d 'Work on the sandbox whose state is in this file, made with a demo organization if missing' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand validate" -l color -d 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c wmrole -n "__fish_wmrole_using_subcommand validate" -l policy -d 'Hold every change to the protected_users of this definition file' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand validate" -l concurrency -d 'Keep at most this many API calls in flight' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand validate" -l insecure-endpoint -d 'Let a token cross plain http to another machine'
complete -c wmrole -n "__fish_wmrole_using_subcommand validate" -s q -l quiet -d 'Say less on stderr'
complete -c wmrole -n "__fish_wmrole_using_subcommand validate" -s v -l verbose -d 'Say more on stderr; twice shows each API call'
complete -c wmrole -n "__fish_wmrole_using_subcommand validate" -s y -l yes -d 'Do not ask for confirmation'
complete -c wmrole -n "__fish_wmrole_using_subcommand validate" -l no-input -d 'Never prompt: fail instead, naming the flag that would have answered'
complete -c wmrole -n "__fish_wmrole_using_subcommand validate" -l dry-run -d 'Show what a command would change, and stop'
complete -c wmrole -n "__fish_wmrole_using_subcommand validate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wmrole -n "__fish_wmrole_using_subcommand validate" -s V -l version -d 'Print version'
complete -c wmrole -n "__fish_wmrole_using_subcommand organizations" -s o -l output -d 'Write results in this format' -r -f -a "table\t'For people'
json\t'For scripts'
yaml\t'YAML'"
complete -c wmrole -n "__fish_wmrole_using_subcommand organizations" -l organization -l org -l organization-id -d 'Work on this organization, whatever the YAML names [default: the one the YAML names, else that of the environment, else the only one there is]' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand organizations" -l profile -d 'Use this profile of the AWS configuration' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand organizations" -l region -d 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand organizations" -l endpoint-url -d 'Call the service at this address' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand organizations" -l ews-url -d 'Use this EWS endpoint' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand organizations" -l sandbox -d 'Work on the sandbox whose state is in this file, made with a demo organization if missing' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand organizations" -l color -d 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c wmrole -n "__fish_wmrole_using_subcommand organizations" -l policy -d 'Hold every change to the protected_users of this definition file' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand organizations" -l concurrency -d 'Keep at most this many API calls in flight' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand organizations" -l insecure-endpoint -d 'Let a token cross plain http to another machine'
complete -c wmrole -n "__fish_wmrole_using_subcommand organizations" -s q -l quiet -d 'Say less on stderr'
complete -c wmrole -n "__fish_wmrole_using_subcommand organizations" -s v -l verbose -d 'Say more on stderr; twice shows each API call'
complete -c wmrole -n "__fish_wmrole_using_subcommand organizations" -s y -l yes -d 'Do not ask for confirmation'
complete -c wmrole -n "__fish_wmrole_using_subcommand organizations" -l no-input -d 'Never prompt: fail instead, naming the flag that would have answered'
complete -c wmrole -n "__fish_wmrole_using_subcommand organizations" -l dry-run -d 'Show what a command would change, and stop'
complete -c wmrole -n "__fish_wmrole_using_subcommand organizations" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wmrole -n "__fish_wmrole_using_subcommand organizations" -s V -l version -d 'Print version'
complete -c wmrole -n "__fish_wmrole_using_subcommand orgs" -s o -l output -d 'Write results in this format' -r -f -a "table\t'For people'
json\t'For scripts'
yaml\t'YAML'"
complete -c wmrole -n "__fish_wmrole_using_subcommand orgs" -l organization -l org -l organization-id -d 'Work on this organization, whatever the YAML names [default: the one the YAML names, else that of the environment, else the only one there is]' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand orgs" -l profile -d 'Use this profile of the AWS configuration' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand orgs" -l region -d 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand orgs" -l endpoint-url -d 'Call the service at this address' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand orgs" -l ews-url -d 'Use this EWS endpoint' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand orgs" -l sandbox -d 'Work on the sandbox whose state is in this file, made with a demo organization if missing' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand orgs" -l color -d 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c wmrole -n "__fish_wmrole_using_subcommand orgs" -l policy -d 'Hold every change to the protected_users of this definition file' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand orgs" -l concurrency -d 'Keep at most this many API calls in flight' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand orgs" -l insecure-endpoint -d 'Let a token cross plain http to another machine'
complete -c wmrole -n "__fish_wmrole_using_subcommand orgs" -s q -l quiet -d 'Say less on stderr'
complete -c wmrole -n "__fish_wmrole_using_subcommand orgs" -s v -l verbose -d 'Say more on stderr; twice shows each API call'
complete -c wmrole -n "__fish_wmrole_using_subcommand orgs" -s y -l yes -d 'Do not ask for confirmation'
complete -c wmrole -n "__fish_wmrole_using_subcommand orgs" -l no-input -d 'Never prompt: fail instead, naming the flag that would have answered'
complete -c wmrole -n "__fish_wmrole_using_subcommand orgs" -l dry-run -d 'Show what a command would change, and stop'
complete -c wmrole -n "__fish_wmrole_using_subcommand orgs" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wmrole -n "__fish_wmrole_using_subcommand orgs" -s V -l version -d 'Print version'
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and not __fish_seen_subcommand_from serve init help" -s o -l output -d 'Write results in this format' -r -f -a "table\t'For people'"
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and not __fish_seen_subcommand_from serve init help" -l organization -l org -l organization-id -d 'Work on this organization, whatever the YAML names [default: the one the YAML names, else that of the environment, else the only one there is]' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and not __fish_seen_subcommand_from serve init help" -l profile -d 'Use this profile of the AWS configuration' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and not __fish_seen_subcommand_from serve init help" -l region -d 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and not __fish_seen_subcommand_from serve init help" -l endpoint-url -d 'Call the service at this address' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and not __fish_seen_subcommand_from serve init help" -l ews-url -d 'Use this EWS endpoint' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and not __fish_seen_subcommand_from serve init help" -l sandbox -d 'Work on the sandbox whose state is in this file, made with a demo organization if missing' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and not __fish_seen_subcommand_from serve init help" -l color -d 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and not __fish_seen_subcommand_from serve init help" -l policy -d 'Hold every change to the protected_users of this definition file' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and not __fish_seen_subcommand_from serve init help" -l concurrency -d 'Keep at most this many API calls in flight' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and not __fish_seen_subcommand_from serve init help" -l insecure-endpoint -d 'Let a token cross plain http to another machine'
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and not __fish_seen_subcommand_from serve init help" -s q -l quiet -d 'Say less on stderr'
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and not __fish_seen_subcommand_from serve init help" -s v -l verbose -d 'Say more on stderr; twice shows each API call'
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and not __fish_seen_subcommand_from serve init help" -s y -l yes -d 'Do not ask for confirmation'
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and not __fish_seen_subcommand_from serve init help" -l no-input -d 'Never prompt: fail instead, naming the flag that would have answered'
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and not __fish_seen_subcommand_from serve init help" -l dry-run -d 'Show what a command would change, and stop'
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and not __fish_seen_subcommand_from serve init help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and not __fish_seen_subcommand_from serve init help" -s V -l version -d 'Print version'
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and not __fish_seen_subcommand_from serve init help" -f -a "serve" -d 'Serve the sandbox to other clients; the first line of output is its URL'
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and not __fish_seen_subcommand_from serve init help" -f -a "init" -d 'Make a sandbox with a demo organization'
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and not __fish_seen_subcommand_from serve init help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l listen -d 'Listen on this address; port 0 lets the system pick' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l state -d 'Keep the state in this file, made with a demo organization if missing' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l latency -d 'Let each call take this many milliseconds longer' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l fault -d 'Switch on a fault: KIND[:OPERATION[:COUNT[:SKIP]]], as throttle:UpdateImpersonationRole:2' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s o -l output -d 'Write results in this format' -r -f -a "table\t'For people'"
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l organization -l org -l organization-id -d 'Work on this organization, whatever the YAML names [default: the one the YAML names, else that of the environment, else the only one there is]' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l profile -d 'Use this profile of the AWS configuration' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l region -d 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l endpoint-url -d 'Call the service at this address' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l ews-url -d 'Use this EWS endpoint' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l sandbox -d 'Work on the sandbox whose state is in this file, made with a demo organization if missing' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l color -d 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l policy -d 'Hold every change to the protected_users of this definition file' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l concurrency -d 'Keep at most this many API calls in flight' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l insecure-endpoint -d 'Let a token cross plain http to another machine'
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s q -l quiet -d 'Say less on stderr'
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s v -l verbose -d 'Say more on stderr; twice shows each API call'
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s y -l yes -d 'Do not ask for confirmation'
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l no-input -d 'Never prompt: fail instead, naming the flag that would have answered'
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l dry-run -d 'Show what a command would change, and stop'
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s V -l version -d 'Print version'
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from init" -l state -d 'The state file' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from init" -l organizations -d 'Make this many organizations' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from init" -l users -d 'Make this many users instead of the demo\'s' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from init" -l roles -d 'Make this many roles instead of the demo\'s' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from init" -s o -l output -d 'Write results in this format' -r -f -a "table\t'For people'"
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from init" -l organization -l org -l organization-id -d 'Work on this organization, whatever the YAML names [default: the one the YAML names, else that of the environment, else the only one there is]' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from init" -l profile -d 'Use this profile of the AWS configuration' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from init" -l region -d 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from init" -l endpoint-url -d 'Call the service at this address' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from init" -l ews-url -d 'Use this EWS endpoint' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from init" -l sandbox -d 'Work on the sandbox whose state is in this file, made with a demo organization if missing' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from init" -l color -d 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from init" -l policy -d 'Hold every change to the protected_users of this definition file' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from init" -l concurrency -d 'Keep at most this many API calls in flight' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from init" -l force -d 'Replace a file that is there'
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from init" -l insecure-endpoint -d 'Let a token cross plain http to another machine'
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from init" -s q -l quiet -d 'Say less on stderr'
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from init" -s v -l verbose -d 'Say more on stderr; twice shows each API call'
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from init" -s y -l yes -d 'Do not ask for confirmation'
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from init" -l no-input -d 'Never prompt: fail instead, naming the flag that would have answered'
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from init" -l dry-run -d 'Show what a command would change, and stop'
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from init" -s V -l version -d 'Print version'
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "serve" -d 'Serve the sandbox to other clients; the first line of output is its URL'
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "init" -d 'Make a sandbox with a demo organization'
complete -c wmrole -n "__fish_wmrole_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c wmrole -n "__fish_wmrole_using_subcommand completions" -s o -l output -d 'Write results in this format' -r -f -a "table\t'For people'"
complete -c wmrole -n "__fish_wmrole_using_subcommand completions" -l organization -l org -l organization-id -d 'Work on this organization, whatever the YAML names [default: the one the YAML names, else that of the environment, else the only one there is]' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand completions" -l profile -d 'Use this profile of the AWS configuration' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand completions" -l region -d 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand completions" -l endpoint-url -d 'Call the service at this address' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand completions" -l ews-url -d 'Use this EWS endpoint' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand completions" -l sandbox -d 'Work on the sandbox whose state is in this file, made with a demo organization if missing' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand completions" -l color -d 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c wmrole -n "__fish_wmrole_using_subcommand completions" -l policy -d 'Hold every change to the protected_users of this definition file' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand completions" -l concurrency -d 'Keep at most this many API calls in flight' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand completions" -l insecure-endpoint -d 'Let a token cross plain http to another machine'
complete -c wmrole -n "__fish_wmrole_using_subcommand completions" -s q -l quiet -d 'Say less on stderr'
complete -c wmrole -n "__fish_wmrole_using_subcommand completions" -s v -l verbose -d 'Say more on stderr; twice shows each API call'
complete -c wmrole -n "__fish_wmrole_using_subcommand completions" -s y -l yes -d 'Do not ask for confirmation'
complete -c wmrole -n "__fish_wmrole_using_subcommand completions" -l no-input -d 'Never prompt: fail instead, naming the flag that would have answered'
complete -c wmrole -n "__fish_wmrole_using_subcommand completions" -l dry-run -d 'Show what a command would change, and stop'
complete -c wmrole -n "__fish_wmrole_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wmrole -n "__fish_wmrole_using_subcommand completions" -s V -l version -d 'Print version'
complete -c wmrole -n "__fish_wmrole_using_subcommand man" -l dir -d 'Write every page into this directory' -r -f -a "(__fish_complete_directories)"
complete -c wmrole -n "__fish_wmrole_using_subcommand man" -s o -l output -d 'Write results in this format' -r -f -a "table\t'For people'"
complete -c wmrole -n "__fish_wmrole_using_subcommand man" -l organization -l org -l organization-id -d 'Work on this organization, whatever the YAML names [default: the one the YAML names, else that of the environment, else the only one there is]' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand man" -l profile -d 'Use this profile of the AWS configuration' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand man" -l region -d 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand man" -l endpoint-url -d 'Call the service at this address' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand man" -l ews-url -d 'Use this EWS endpoint' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand man" -l sandbox -d 'Work on the sandbox whose state is in this file, made with a demo organization if missing' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand man" -l color -d 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c wmrole -n "__fish_wmrole_using_subcommand man" -l policy -d 'Hold every change to the protected_users of this definition file' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand man" -l concurrency -d 'Keep at most this many API calls in flight' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand man" -l insecure-endpoint -d 'Let a token cross plain http to another machine'
complete -c wmrole -n "__fish_wmrole_using_subcommand man" -s q -l quiet -d 'Say less on stderr'
complete -c wmrole -n "__fish_wmrole_using_subcommand man" -s v -l verbose -d 'Say more on stderr; twice shows each API call'
complete -c wmrole -n "__fish_wmrole_using_subcommand man" -s y -l yes -d 'Do not ask for confirmation'
complete -c wmrole -n "__fish_wmrole_using_subcommand man" -l no-input -d 'Never prompt: fail instead, naming the flag that would have answered'
complete -c wmrole -n "__fish_wmrole_using_subcommand man" -l dry-run -d 'Show what a command would change, and stop'
complete -c wmrole -n "__fish_wmrole_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wmrole -n "__fish_wmrole_using_subcommand man" -s V -l version -d 'Print version'
complete -c wmrole -n "__fish_wmrole_using_subcommand schema" -l save -d 'Write it into this file instead, wmrole.schema.json when none is given: editors find it there, and `export --dir` names it in the files beside it' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand schema" -s o -l output -d 'Write results in this format' -r -f -a "table\t'For people'
json\t'For scripts'"
complete -c wmrole -n "__fish_wmrole_using_subcommand schema" -l organization -l org -l organization-id -d 'Work on this organization, whatever the YAML names [default: the one the YAML names, else that of the environment, else the only one there is]' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand schema" -l profile -d 'Use this profile of the AWS configuration' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand schema" -l region -d 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand schema" -l endpoint-url -d 'Call the service at this address' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand schema" -l ews-url -d 'Use this EWS endpoint' -r -f
complete -c wmrole -n "__fish_wmrole_using_subcommand schema" -l sandbox -d 'Work on the sandbox whose state is in this file, made with a demo organization if missing' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand schema" -l color -d 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c wmrole -n "__fish_wmrole_using_subcommand schema" -l policy -d 'Hold every change to the protected_users of this definition file' -r -F
complete -c wmrole -n "__fish_wmrole_using_subcommand schema" -l concurrency -d 'Keep at most this many API calls in flight' -r
complete -c wmrole -n "__fish_wmrole_using_subcommand schema" -l insecure-endpoint -d 'Let a token cross plain http to another machine'
complete -c wmrole -n "__fish_wmrole_using_subcommand schema" -s q -l quiet -d 'Say less on stderr'
complete -c wmrole -n "__fish_wmrole_using_subcommand schema" -s v -l verbose -d 'Say more on stderr; twice shows each API call'
complete -c wmrole -n "__fish_wmrole_using_subcommand schema" -s y -l yes -d 'Do not ask for confirmation'
complete -c wmrole -n "__fish_wmrole_using_subcommand schema" -l no-input -d 'Never prompt: fail instead, naming the flag that would have answered'
complete -c wmrole -n "__fish_wmrole_using_subcommand schema" -l dry-run -d 'Show what a command would change, and stop'
complete -c wmrole -n "__fish_wmrole_using_subcommand schema" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wmrole -n "__fish_wmrole_using_subcommand schema" -s V -l version -d 'Print version'
complete -c wmrole -n "__fish_wmrole_using_subcommand help; and not __fish_seen_subcommand_from list show create edit delete test access assume diff apply undo export validate organizations sandbox completions man schema help" -f -a "list" -d 'List the roles with type, rules and reach'
complete -c wmrole -n "__fish_wmrole_using_subcommand help; and not __fish_seen_subcommand_from list show create edit delete test access assume diff apply undo export validate organizations sandbox completions man schema help" -f -a "show" -d 'Show a role, its rules and every target as a person'
complete -c wmrole -n "__fish_wmrole_using_subcommand help; and not __fish_seen_subcommand_from list show create edit delete test access assume diff apply undo export validate organizations sandbox completions man schema help" -f -a "create" -d 'Create a role'
complete -c wmrole -n "__fish_wmrole_using_subcommand help; and not __fish_seen_subcommand_from list show create edit delete test access assume diff apply undo export validate organizations sandbox completions man schema help" -f -a "edit" -d 'Change a role'
complete -c wmrole -n "__fish_wmrole_using_subcommand help; and not __fish_seen_subcommand_from list show create edit delete test access assume diff apply undo export validate organizations sandbox completions man schema help" -f -a "delete" -d 'Delete roles'
complete -c wmrole -n "__fish_wmrole_using_subcommand help; and not __fish_seen_subcommand_from list show create edit delete test access assume diff apply undo export validate organizations sandbox completions man schema help" -f -a "test" -d 'Ask whether a role may impersonate users, or run expectations'
complete -c wmrole -n "__fish_wmrole_using_subcommand help; and not __fish_seen_subcommand_from list show create edit delete test access assume diff apply undo export validate organizations sandbox completions man schema help" -f -a "access" -d 'Show who reaches whom: roles by users'
complete -c wmrole -n "__fish_wmrole_using_subcommand help; and not __fish_seen_subcommand_from list show create edit delete test access assume diff apply undo export validate organizations sandbox completions man schema help" -f -a "assume" -d 'Get a token for EWS'
complete -c wmrole -n "__fish_wmrole_using_subcommand help; and not __fish_seen_subcommand_from list show create edit delete test access assume diff apply undo export validate organizations sandbox completions man schema help" -f -a "diff" -d 'Show what would change, and who gains and loses access'
complete -c wmrole -n "__fish_wmrole_using_subcommand help; and not __fish_seen_subcommand_from list show create edit delete test access assume diff apply undo export validate organizations sandbox completions man schema help" -f -a "apply" -d 'Make definitions live: show the plan, ask, execute, report'
complete -c wmrole -n "__fish_wmrole_using_subcommand help; and not __fish_seen_subcommand_from list show create edit delete test access assume diff apply undo export validate organizations sandbox completions man schema help" -f -a "undo" -d 'Bring back what the last change replaced'
complete -c wmrole -n "__fish_wmrole_using_subcommand help; and not __fish_seen_subcommand_from list show create edit delete test access assume diff apply undo export validate organizations sandbox completions man schema help" -f -a "export" -d 'Write live roles as YAML that diff finds equal'
complete -c wmrole -n "__fish_wmrole_using_subcommand help; and not __fish_seen_subcommand_from list show create edit delete test access assume diff apply undo export validate organizations sandbox completions man schema help" -f -a "validate" -d 'Check definitions without network'
complete -c wmrole -n "__fish_wmrole_using_subcommand help; and not __fish_seen_subcommand_from list show create edit delete test access assume diff apply undo export validate organizations sandbox completions man schema help" -f -a "organizations" -d 'List the account\'s WorkMail organizations'
complete -c wmrole -n "__fish_wmrole_using_subcommand help; and not __fish_seen_subcommand_from list show create edit delete test access assume diff apply undo export validate organizations sandbox completions man schema help" -f -a "sandbox" -d 'Run or make the local stand-in of the service'
complete -c wmrole -n "__fish_wmrole_using_subcommand help; and not __fish_seen_subcommand_from list show create edit delete test access assume diff apply undo export validate organizations sandbox completions man schema help" -f -a "completions" -d 'Print a completion script'
complete -c wmrole -n "__fish_wmrole_using_subcommand help; and not __fish_seen_subcommand_from list show create edit delete test access assume diff apply undo export validate organizations sandbox completions man schema help" -f -a "man" -d 'Open a man page, or write all of them'
complete -c wmrole -n "__fish_wmrole_using_subcommand help; and not __fish_seen_subcommand_from list show create edit delete test access assume diff apply undo export validate organizations sandbox completions man schema help" -f -a "schema" -d 'Print the JSON Schema of the YAML, or of the JSON output'
complete -c wmrole -n "__fish_wmrole_using_subcommand help; and not __fish_seen_subcommand_from list show create edit delete test access assume diff apply undo export validate organizations sandbox completions man schema help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c wmrole -n "__fish_wmrole_using_subcommand help; and __fish_seen_subcommand_from sandbox" -f -a "serve" -d 'Serve the sandbox to other clients; the first line of output is its URL'
complete -c wmrole -n "__fish_wmrole_using_subcommand help; and __fish_seen_subcommand_from sandbox" -f -a "init" -d 'Make a sandbox with a demo organization'
