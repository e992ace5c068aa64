
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'wmrole' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'wmrole'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'wmrole' {
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--org', '--org', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--organization-id', '--organization-id', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the AWS configuration')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Call the service at this address')
            [CompletionResult]::new('--ews-url', '--ews-url', [CompletionResultType]::ParameterName, 'Use this EWS endpoint')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Work on the sandbox whose state is in this file, made with a demo organization if missing')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Keep at most this many API calls in flight')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt: fail instead, naming the flag that would have answered')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the roles with type, rules, reach and last change')
            [CompletionResult]::new('ls', 'ls', [CompletionResultType]::ParameterValue, 'List the roles with type, rules, reach and last change')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show a role, its rules and every target as a person')
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create a role')
            [CompletionResult]::new('edit', 'edit', [CompletionResultType]::ParameterValue, 'Change a role')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete roles')
            [CompletionResult]::new('rm', 'rm', [CompletionResultType]::ParameterValue, 'Delete roles')
            [CompletionResult]::new('test', 'test', [CompletionResultType]::ParameterValue, 'Ask whether a role may impersonate users, or run the expectations of definitions')
            [CompletionResult]::new('access', 'access', [CompletionResultType]::ParameterValue, 'Show who reaches whom: roles by users')
            [CompletionResult]::new('assume', 'assume', [CompletionResultType]::ParameterValue, 'Get a token for EWS')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'Show what applying definitions would change, and who gains and loses what')
            [CompletionResult]::new('apply', 'apply', [CompletionResultType]::ParameterValue, 'Make definitions live: show the plan, ask, execute, read back, report')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Write live roles as YAML that diff finds equal')
            [CompletionResult]::new('validate', 'validate', [CompletionResultType]::ParameterValue, 'Check definitions without network')
            [CompletionResult]::new('organizations', 'organizations', [CompletionResultType]::ParameterValue, 'List the account''s WorkMail organizations')
            [CompletionResult]::new('orgs', 'orgs', [CompletionResultType]::ParameterValue, 'List the account''s WorkMail organizations')
            [CompletionResult]::new('sandbox', 'sandbox', [CompletionResultType]::ParameterValue, 'Run or make the local stand-in of the service')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a completion script')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print the man page, or write one for each command')
            [CompletionResult]::new('schema', 'schema', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of the YAML, or of the JSON output')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'wmrole;list' {
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--org', '--org', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--organization-id', '--organization-id', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the AWS configuration')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Call the service at this address')
            [CompletionResult]::new('--ews-url', '--ews-url', [CompletionResultType]::ParameterName, 'Use this EWS endpoint')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Work on the sandbox whose state is in this file, made with a demo organization if missing')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Keep at most this many API calls in flight')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt: fail instead, naming the flag that would have answered')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'wmrole;ls' {
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--org', '--org', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--organization-id', '--organization-id', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the AWS configuration')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Call the service at this address')
            [CompletionResult]::new('--ews-url', '--ews-url', [CompletionResultType]::ParameterName, 'Use this EWS endpoint')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Work on the sandbox whose state is in this file, made with a demo organization if missing')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Keep at most this many API calls in flight')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt: fail instead, naming the flag that would have answered')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'wmrole;show' {
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--org', '--org', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--organization-id', '--organization-id', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the AWS configuration')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Call the service at this address')
            [CompletionResult]::new('--ews-url', '--ews-url', [CompletionResultType]::ParameterName, 'Use this EWS endpoint')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Work on the sandbox whose state is in this file, made with a demo organization if missing')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Keep at most this many API calls in flight')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt: fail instead, naming the flag that would have answered')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'wmrole;create' {
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'What the role may do in a mailbox')
            [CompletionResult]::new('--description', '--description', [CompletionResultType]::ParameterName, 'What the role is for')
            [CompletionResult]::new('--allow', '--allow', [CompletionResultType]::ParameterName, 'Allow these users')
            [CompletionResult]::new('--deny', '--deny', [CompletionResultType]::ParameterName, 'Deny these users')
            [CompletionResult]::new('--allow-everyone-except', '--allow-everyone-except', [CompletionResultType]::ParameterName, 'Allow every mailbox but these users''')
            [CompletionResult]::new('--allow-group', '--allow-group', [CompletionResultType]::ParameterName, 'Allow the members that these groups have now')
            [CompletionResult]::new('--deny-group', '--deny-group', [CompletionResultType]::ParameterName, 'Deny the members that these groups have now')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Create the roles that this YAML declares; `-` reads stdin')
            [CompletionResult]::new('--file', '--file', [CompletionResultType]::ParameterName, 'Create the roles that this YAML declares; `-` reads stdin')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--org', '--org', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--organization-id', '--organization-id', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the AWS configuration')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Call the service at this address')
            [CompletionResult]::new('--ews-url', '--ews-url', [CompletionResultType]::ParameterName, 'Use this EWS endpoint')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Work on the sandbox whose state is in this file, made with a demo organization if missing')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Keep at most this many API calls in flight')
            [CompletionResult]::new('--allow-everyone', '--allow-everyone', [CompletionResultType]::ParameterName, 'Allow every mailbox, those made tomorrow included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt: fail instead, naming the flag that would have answered')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'wmrole;edit' {
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Rename the role')
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Set the role type')
            [CompletionResult]::new('--description', '--description', [CompletionResultType]::ParameterName, 'Set the description; empty clears it')
            [CompletionResult]::new('--allow', '--allow', [CompletionResultType]::ParameterName, 'Allow these users')
            [CompletionResult]::new('--deny', '--deny', [CompletionResultType]::ParameterName, 'Deny these users')
            [CompletionResult]::new('--allow-everyone-except', '--allow-everyone-except', [CompletionResultType]::ParameterName, 'Allow every mailbox but these users''')
            [CompletionResult]::new('--allow-group', '--allow-group', [CompletionResultType]::ParameterName, 'Allow the members that these groups have now')
            [CompletionResult]::new('--deny-group', '--deny-group', [CompletionResultType]::ParameterName, 'Deny the members that these groups have now')
            [CompletionResult]::new('--rule', '--rule', [CompletionResultType]::ParameterName, 'Add the users of --allow and --deny to this rule, by id or name [default: the only one that fits, else a new one]')
            [CompletionResult]::new('--remove-user', '--remove-user', [CompletionResultType]::ParameterName, 'Take these users out of the ALLOW rules')
            [CompletionResult]::new('--undeny', '--undeny', [CompletionResultType]::ParameterName, 'Take these users out of DENY rules and exceptions, so that they can be reached again')
            [CompletionResult]::new('--remove-rule', '--remove-rule', [CompletionResultType]::ParameterName, 'Remove these rules, by id or name; refused where that gives somebody access')
            [CompletionResult]::new('--remove-deny-rule', '--remove-deny-rule', [CompletionResultType]::ParameterName, 'Remove these DENY rules, by id or name, so that users whom they deny can be reached')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--org', '--org', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--organization-id', '--organization-id', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the AWS configuration')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Call the service at this address')
            [CompletionResult]::new('--ews-url', '--ews-url', [CompletionResultType]::ParameterName, 'Use this EWS endpoint')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Work on the sandbox whose state is in this file, made with a demo organization if missing')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Keep at most this many API calls in flight')
            [CompletionResult]::new('--allow-everyone', '--allow-everyone', [CompletionResultType]::ParameterName, 'Allow every mailbox, those made tomorrow included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt: fail instead, naming the flag that would have answered')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'wmrole;delete' {
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--org', '--org', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--organization-id', '--organization-id', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the AWS configuration')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Call the service at this address')
            [CompletionResult]::new('--ews-url', '--ews-url', [CompletionResultType]::ParameterName, 'Use this EWS endpoint')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Work on the sandbox whose state is in this file, made with a demo organization if missing')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Keep at most this many API calls in flight')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt: fail instead, naming the flag that would have answered')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'wmrole;rm' {
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--org', '--org', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--organization-id', '--organization-id', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the AWS configuration')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Call the service at this address')
            [CompletionResult]::new('--ews-url', '--ews-url', [CompletionResultType]::ParameterName, 'Use this EWS endpoint')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Work on the sandbox whose state is in this file, made with a demo organization if missing')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Keep at most this many API calls in flight')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt: fail instead, naming the flag that would have answered')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'wmrole;test' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Run every `expect` of these definitions; files or directories, `-` reads stdin')
            [CompletionResult]::new('--file', '--file', [CompletionResultType]::ParameterName, 'Run every `expect` of these definitions; files or directories, `-` reads stdin')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--org', '--org', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--organization-id', '--organization-id', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the AWS configuration')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Call the service at this address')
            [CompletionResult]::new('--ews-url', '--ews-url', [CompletionResultType]::ParameterName, 'Use this EWS endpoint')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Work on the sandbox whose state is in this file, made with a demo organization if missing')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Keep at most this many API calls in flight')
            [CompletionResult]::new('--offline', '--offline', [CompletionResultType]::ParameterName, 'Evaluate here instead of asking the service: the live rules, or with --file the definitions')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt: fail instead, naming the flag that would have answered')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'wmrole;access' {
            [CompletionResult]::new('--role', '--role', [CompletionResultType]::ParameterName, 'Only these roles, by name or id')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Only these users, and the roles that reach them')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--org', '--org', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--organization-id', '--organization-id', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the AWS configuration')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Call the service at this address')
            [CompletionResult]::new('--ews-url', '--ews-url', [CompletionResultType]::ParameterName, 'Use this EWS endpoint')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Work on the sandbox whose state is in this file, made with a demo organization if missing')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Keep at most this many API calls in flight')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt: fail instead, naming the flag that would have answered')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'wmrole;assume' {
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Ask first whether the role may impersonate this user')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Write the token in this form')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--org', '--org', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--organization-id', '--organization-id', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the AWS configuration')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Call the service at this address')
            [CompletionResult]::new('--ews-url', '--ews-url', [CompletionResultType]::ParameterName, 'Use this EWS endpoint')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Work on the sandbox whose state is in this file, made with a demo organization if missing')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Keep at most this many API calls in flight')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt: fail instead, naming the flag that would have answered')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'wmrole;diff' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'More files or directories')
            [CompletionResult]::new('--file', '--file', [CompletionResultType]::ParameterName, 'More files or directories')
            [CompletionResult]::new('--max-deletes', '--max-deletes', [CompletionResultType]::ParameterName, 'Refuse to delete more roles than this')
            [CompletionResult]::new('--max-gained', '--max-gained', [CompletionResultType]::ParameterName, 'Refuse when more users than this become newly reachable')
            [CompletionResult]::new('--save', '--save', [CompletionResultType]::ParameterName, 'Save the plan in this file, for `apply --plan`')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--org', '--org', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--organization-id', '--organization-id', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the AWS configuration')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Call the service at this address')
            [CompletionResult]::new('--ews-url', '--ews-url', [CompletionResultType]::ParameterName, 'Use this EWS endpoint')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Work on the sandbox whose state is in this file, made with a demo organization if missing')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Keep at most this many API calls in flight')
            [CompletionResult]::new('--prune', '--prune', [CompletionResultType]::ParameterName, 'Delete live roles that nothing declares')
            [CompletionResult]::new('--allow-escalation', '--allow-escalation', [CompletionResultType]::ParameterName, 'Let roles turn from READ_ONLY to FULL_ACCESS')
            [CompletionResult]::new('--exit-code', '--exit-code', [CompletionResultType]::ParameterName, 'End with 3 when there are changes')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt: fail instead, naming the flag that would have answered')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'wmrole;apply' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'More files or directories')
            [CompletionResult]::new('--file', '--file', [CompletionResultType]::ParameterName, 'More files or directories')
            [CompletionResult]::new('--plan', '--plan', [CompletionResultType]::ParameterName, 'Execute the plan that `diff --save` saved in this file, or refuse it as stale; files given besides must be those it was made from')
            [CompletionResult]::new('--max-deletes', '--max-deletes', [CompletionResultType]::ParameterName, 'Refuse to delete more roles than this')
            [CompletionResult]::new('--max-gained', '--max-gained', [CompletionResultType]::ParameterName, 'Refuse when more users than this become newly reachable')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--org', '--org', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--organization-id', '--organization-id', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the AWS configuration')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Call the service at this address')
            [CompletionResult]::new('--ews-url', '--ews-url', [CompletionResultType]::ParameterName, 'Use this EWS endpoint')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Work on the sandbox whose state is in this file, made with a demo organization if missing')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Keep at most this many API calls in flight')
            [CompletionResult]::new('--prune', '--prune', [CompletionResultType]::ParameterName, 'Delete live roles that nothing declares')
            [CompletionResult]::new('--allow-escalation', '--allow-escalation', [CompletionResultType]::ParameterName, 'Let roles turn from READ_ONLY to FULL_ACCESS')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt: fail instead, naming the flag that would have answered')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'wmrole;export' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Write one file a role into this directory')
            [CompletionResult]::new('--snapshot', '--snapshot', [CompletionResultType]::ParameterName, 'Write the directory (users, groups, members) into this file instead, for `validate --snapshot`')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--org', '--org', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--organization-id', '--organization-id', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the AWS configuration')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Call the service at this address')
            [CompletionResult]::new('--ews-url', '--ews-url', [CompletionResultType]::ParameterName, 'Use this EWS endpoint')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Work on the sandbox whose state is in this file, made with a demo organization if missing')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Keep at most this many API calls in flight')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt: fail instead, naming the flag that would have answered')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'wmrole;validate' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'More files or directories')
            [CompletionResult]::new('--file', '--file', [CompletionResultType]::ParameterName, 'More files or directories')
            [CompletionResult]::new('--snapshot', '--snapshot', [CompletionResultType]::ParameterName, 'Resolve names and run expectations against the directory saved in this file')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--org', '--org', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--organization-id', '--organization-id', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the AWS configuration')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Call the service at this address')
            [CompletionResult]::new('--ews-url', '--ews-url', [CompletionResultType]::ParameterName, 'Use this EWS endpoint')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Work on the sandbox whose state is in this file, made with a demo organization if missing')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Keep at most this many API calls in flight')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt: fail instead, naming the flag that would have answered')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'wmrole;organizations' {
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--org', '--org', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--organization-id', '--organization-id', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the AWS configuration')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Call the service at this address')
            [CompletionResult]::new('--ews-url', '--ews-url', [CompletionResultType]::ParameterName, 'Use this EWS endpoint')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Work on the sandbox whose state is in this file, made with a demo organization if missing')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Keep at most this many API calls in flight')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt: fail instead, naming the flag that would have answered')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'wmrole;orgs' {
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--org', '--org', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--organization-id', '--organization-id', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the AWS configuration')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Call the service at this address')
            [CompletionResult]::new('--ews-url', '--ews-url', [CompletionResultType]::ParameterName, 'Use this EWS endpoint')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Work on the sandbox whose state is in this file, made with a demo organization if missing')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Keep at most this many API calls in flight')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt: fail instead, naming the flag that would have answered')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'wmrole;sandbox' {
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--org', '--org', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--organization-id', '--organization-id', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the AWS configuration')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Call the service at this address')
            [CompletionResult]::new('--ews-url', '--ews-url', [CompletionResultType]::ParameterName, 'Use this EWS endpoint')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Work on the sandbox whose state is in this file, made with a demo organization if missing')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Keep at most this many API calls in flight')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt: fail instead, naming the flag that would have answered')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Serve the sandbox to other clients; the first line of output is its URL')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Make a sandbox with a demo organization')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'wmrole;sandbox;serve' {
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Listen on this address; port 0 lets the system pick')
            [CompletionResult]::new('--state', '--state', [CompletionResultType]::ParameterName, 'Keep the state in this file, made with a demo organization if missing')
            [CompletionResult]::new('--latency', '--latency', [CompletionResultType]::ParameterName, 'Let each call take this many milliseconds longer')
            [CompletionResult]::new('--fault', '--fault', [CompletionResultType]::ParameterName, 'Switch on a fault: KIND[:OPERATION[:COUNT[:SKIP]]], as throttle:UpdateImpersonationRole:2')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--org', '--org', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--organization-id', '--organization-id', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the AWS configuration')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Call the service at this address')
            [CompletionResult]::new('--ews-url', '--ews-url', [CompletionResultType]::ParameterName, 'Use this EWS endpoint')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Work on the sandbox whose state is in this file, made with a demo organization if missing')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Keep at most this many API calls in flight')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt: fail instead, naming the flag that would have answered')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'wmrole;sandbox;init' {
            [CompletionResult]::new('--state', '--state', [CompletionResultType]::ParameterName, 'The state file')
            [CompletionResult]::new('--organizations', '--organizations', [CompletionResultType]::ParameterName, 'Make this many organizations')
            [CompletionResult]::new('--users', '--users', [CompletionResultType]::ParameterName, 'Make this many users instead of the demo''s')
            [CompletionResult]::new('--roles', '--roles', [CompletionResultType]::ParameterName, 'Make this many roles instead of the demo''s')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--org', '--org', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--organization-id', '--organization-id', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the AWS configuration')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Call the service at this address')
            [CompletionResult]::new('--ews-url', '--ews-url', [CompletionResultType]::ParameterName, 'Use this EWS endpoint')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Work on the sandbox whose state is in this file, made with a demo organization if missing')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Keep at most this many API calls in flight')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Replace a file that is there')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt: fail instead, naming the flag that would have answered')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'wmrole;sandbox;help' {
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Serve the sandbox to other clients; the first line of output is its URL')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Make a sandbox with a demo organization')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'wmrole;sandbox;help;serve' {
            break
        }
        'wmrole;sandbox;help;init' {
            break
        }
        'wmrole;sandbox;help;help' {
            break
        }
        'wmrole;completions' {
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--org', '--org', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--organization-id', '--organization-id', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the AWS configuration')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Call the service at this address')
            [CompletionResult]::new('--ews-url', '--ews-url', [CompletionResultType]::ParameterName, 'Use this EWS endpoint')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Work on the sandbox whose state is in this file, made with a demo organization if missing')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Keep at most this many API calls in flight')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt: fail instead, naming the flag that would have answered')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'wmrole;man' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Write a page for each command into this directory')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--org', '--org', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--organization-id', '--organization-id', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the AWS configuration')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Call the service at this address')
            [CompletionResult]::new('--ews-url', '--ews-url', [CompletionResultType]::ParameterName, 'Use this EWS endpoint')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Work on the sandbox whose state is in this file, made with a demo organization if missing')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Keep at most this many API calls in flight')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt: fail instead, naming the flag that would have answered')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'wmrole;schema' {
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--org', '--org', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--organization-id', '--organization-id', [CompletionResultType]::ParameterName, 'Work on this organization [default: the one the YAML names, else the only one there is]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the AWS configuration')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Call the service at this address')
            [CompletionResult]::new('--ews-url', '--ews-url', [CompletionResultType]::ParameterName, 'Use this EWS endpoint')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Work on the sandbox whose state is in this file, made with a demo organization if missing')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write results in this format')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colours; NO_COLOR and CLICOLOR_FORCE are honoured')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Keep at most this many API calls in flight')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice shows each API call')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt: fail instead, naming the flag that would have answered')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'wmrole;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the roles with type, rules, reach and last change')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show a role, its rules and every target as a person')
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create a role')
            [CompletionResult]::new('edit', 'edit', [CompletionResultType]::ParameterValue, 'Change a role')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete roles')
            [CompletionResult]::new('test', 'test', [CompletionResultType]::ParameterValue, 'Ask whether a role may impersonate users, or run the expectations of definitions')
            [CompletionResult]::new('access', 'access', [CompletionResultType]::ParameterValue, 'Show who reaches whom: roles by users')
            [CompletionResult]::new('assume', 'assume', [CompletionResultType]::ParameterValue, 'Get a token for EWS')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'Show what applying definitions would change, and who gains and loses what')
            [CompletionResult]::new('apply', 'apply', [CompletionResultType]::ParameterValue, 'Make definitions live: show the plan, ask, execute, read back, report')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Write live roles as YAML that diff finds equal')
            [CompletionResult]::new('validate', 'validate', [CompletionResultType]::ParameterValue, 'Check definitions without network')
            [CompletionResult]::new('organizations', 'organizations', [CompletionResultType]::ParameterValue, 'List the account''s WorkMail organizations')
            [CompletionResult]::new('sandbox', 'sandbox', [CompletionResultType]::ParameterValue, 'Run or make the local stand-in of the service')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a completion script')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print the man page, or write one for each command')
            [CompletionResult]::new('schema', 'schema', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of the YAML, or of the JSON output')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'wmrole;help;list' {
            break
        }
        'wmrole;help;show' {
            break
        }
        'wmrole;help;create' {
            break
        }
        'wmrole;help;edit' {
            break
        }
        'wmrole;help;delete' {
            break
        }
        'wmrole;help;test' {
            break
        }
        'wmrole;help;access' {
            break
        }
        'wmrole;help;assume' {
            break
        }
        'wmrole;help;diff' {
            break
        }
        'wmrole;help;apply' {
            break
        }
        'wmrole;help;export' {
            break
        }
        'wmrole;help;validate' {
            break
        }
        'wmrole;help;organizations' {
            break
        }
        'wmrole;help;sandbox' {
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Serve the sandbox to other clients; the first line of output is its URL')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Make a sandbox with a demo organization')
            break
        }
        'wmrole;help;sandbox;serve' {
            break
        }
        'wmrole;help;sandbox;init' {
            break
        }
        'wmrole;help;completions' {
            break
        }
        'wmrole;help;man' {
            break
        }
        'wmrole;help;schema' {
            break
        }
        'wmrole;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
