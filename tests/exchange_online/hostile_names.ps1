#Requires -Version 5.1
#Requires -Modules ExchangeOnlineManagement
# Impersonation roles of #>\n'; throw #\u{2019} (m-ac3e0000000000000000000000000001, us-east-1),
# as RBAC for Applications in Exchange Online. Written by wmrole 0.1.0 at 2026-11-29T12:00:00Z: read it before you run it.
#
# Run it after Connect-ExchangeOnline, once for each role, with an application of its own for each: what an
# application is granted adds up. -WhatIf shows what would be done.
#
#   ./roles.ps1 -Role 2j-h -AppId <application id> -ObjectId <object id> -WhatIf
#
# Both ids are those of the page Enterprise applications in Microsoft Entra, not those of App registrations.
#
# What is not as it was:
# - Consents in Microsoft Entra add up with what is granted here. Take Mail.Read and the like away from the
#   application there, or it reaches every mailbox.
# - There is no DENY and no exception. Those who are denied or excepted are in no list here.
# - Nothing ends by itself. What has an end is left out without -WithoutEnd, and is then yours to take away.
# - "Everyone" is every user mailbox of the tenant, not of the organization that the roles come from. It is left
#   out without -EveryMailbox.
# - Groups were users already: a role in WorkMail has only users. Who joins a group later is not added.
# - A mailbox is found by its addresses. An address that is given to another mailbox takes the access with it.
# - The application uses Microsoft Graph. EWS is blocked in Exchange Online by 2027-04-01, and has no role here.
# - A change takes 30 minutes to 2 hours to reach the application.
[CmdletBinding(SupportsShouldProcess = $true)]
param(
    # Which role
    [Parameter(Mandatory = $true)]
    [ValidateSet('2j-h', '0-title', '8-https-evil-example-c', '1-31mred-0m', '31mred', '0-title-2', 'over-written', 'back-gone', 'bell', 'nul', 'tab-and-vertical-feed', 'next-line-separator-pa', 'delete', 'error-owned', 'warning-file-a-line-1-', 'add-mask-e', 'stop-commands-pause', 'set-output-name-a-b', 'error-behind-spaces', 'error-behind-wide-spac', 'first-error-on-the-sec', 'first-error-behind-a-c', 'first-group-behind-bot', 'a-very-long-first-part', 'error-owned-2', 'in-the-middle-set-env-', 'group-three', 'vso-task-setvariable-v', 'a-vso-task-complete-re', 'teamcity-buildstop-com', 'first-teamcity-message', 'section_start-1-a-0k', 'x-https-evil-example-p', 'x-https-evil-example', 'x-y-y-https-evil-examp', 'https-evil-example', 'https-evil-example-pat', 'see-http-evil-example', 'www-evil-example', 'www-evil-example-2', 'mailto-a-evil-example', 'somebody-evil-example', 'octocat', 'org-team', 'octocat-2', '1', 'fixes-12', 'gh-1', 'gh-23', 'org-repo-1', 'org-repo-deadbeefdeadb', 'img-src-x-onerror-aler', 'comment', 'summary-details-h1-big', 'code-pre-b', 'a-b-c', 'a-b-c-2', 'role', 'heading', 'role-2', 'code-bold-_it_-gone', 'unclosed-octocat', '64-octocat-lt-b-gt', 'octocat-1', 'heading-list-quote', 'role-3', '1-1', '1-2', '1-3', 'sum-a1', '1-1-2', '1-1-3', '1-1-4', 'cmd', '0a', '1-1-5', '1-4', '1-5', 'sum-a1-2', '1-1-6', 'cmd-c-calc-a0', 'a-b-c-d', '1-1-7', 'role-4', 'cdata-x', 'amp-bogus-0', 'role-5', 'role-6', 'onload-a', 'a', 'role-7', 'admin-nimda', 'isolate', 'role-8', 'ad-min', 'ad-mi-n', 'admin', 'ad-min-2', 'admin-2', 'admin-3', 'admin-4', 'admin-5', 'ad-min-ad-min', 'begins-with-a-mark', 'z-algo', 'replacement', 'literally-u-200b', 'quote-home-id-path-x', 'smart-quotes', 'null', 'yes', 'a-b', 'key-value-comment', 'anchor-anchor-tag', 'role-9')]
    [string] $Role,
    # The application that gets it
    [Parameter(Mandatory = $true)]
    [guid] $AppId,
    [Parameter(Mandatory = $true)]
    [guid] $ObjectId,
    # Grant what reaches every user mailbox of the tenant, those made later too
    [switch] $EveryMailbox,
    # Grant what has an end in WorkMail, and has none here
    [switch] $WithoutEnd
)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$roles = @{}

# ---- \u{1b}[2J\u{1b}[H (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule \u{1b}[2J\u{1b}[H: \u{1b}[2J\u{1b}[H. Nothing below reaches them. Any other grant to the application may.
$roles['2j-h'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole 2j-h 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- \u{1b}]0;title\u{7} (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule \u{1b}]0;title\u{7}: \u{1b}]0;title\u{7}. Nothing below reaches them. Any other grant to the application may.
$roles['0-title'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole 0-title 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- \u{1b}]8;;https://evil.example\u{1b}\click\u{1b}]8;;\u{1b}\ (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule \u{1b}]8;;https://evil.example\u{1b}\click\u{1b}]8;;\u{1b}\: \u{1b}]8;;https://evil.example\u{1b}\click\u{1b}]8;;\u{1b}\. Nothing below reaches them. Any other grant to the application may.
$roles['8-https-evil-example-c'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole 8-https-evil-example-c 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- \u{1b}[1;31mred\u{1b}[0m (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule \u{1b}[1;31mred\u{1b}[0m: \u{1b}[1;31mred\u{1b}[0m. Nothing below reaches them. Any other grant to the application may.
$roles['1-31mred-0m'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole 1-31mred-0m 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- \u{9b}31mred (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule \u{9b}31mred: \u{9b}31mred. Nothing below reaches them. Any other grant to the application may.
$roles['31mred'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole 31mred 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- \u{9d}0;title\u{9c} (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule \u{9d}0;title\u{9c}: \u{9d}0;title\u{9c}. Nothing below reaches them. Any other grant to the application may.
$roles['0-title-2'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole 0-title-2 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- over\rwritten (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule over\rwritten: over\rwritten. Nothing below reaches them. Any other grant to the application may.
$roles['over-written'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole over-written 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- back\u{8}\u{8}\u{8}\u{8}gone (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule back\u{8}\u{8}\u{8}\u{8}gone: back\u{8}\u{8}\u{8}\u{8}gone. Nothing below reaches them. Any other grant to the application may.
$roles['back-gone'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole back-gone 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- bell\u{7} (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule bell\u{7}: bell\u{7}. Nothing below reaches them. Any other grant to the application may.
$roles['bell'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole bell 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- nul\u{0} (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule nul\u{0}: nul\u{0}. Nothing below reaches them. Any other grant to the application may.
$roles['nul'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole nul 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- tab\tand\u{b}vertical\u{c}feed (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule tab\tand\u{b}vertical\u{c}feed: tab\tand\u{b}vertical\u{c}feed. Nothing below reaches them. Any other grant to the application may.
$roles['tab-and-vertical-feed'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole tab-and-vertical-feed 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- next\u{85}line\u{2028}separator\u{2029}paragraph (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule next\u{85}line\u{2028}separator\u{2029}paragraph: next\u{85}line\u{2028}separator\u{2029}paragraph. Nothing below reaches them. Any other grant to the application may.
$roles['next-line-separator-pa'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole next-line-separator-pa 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- delete\u{7f} (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule delete\u{7f}: delete\u{7f}. Nothing below reaches them. Any other grant to the application may.
$roles['delete'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole delete 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- ::error::owned (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule ::error::owned: ::error::owned. Nothing below reaches them. Any other grant to the application may.
$roles['error-owned'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole error-owned 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- ::warning file=a,line=1::owned (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule ::warning file=a,line=1::owned: ::warning file=a,line=1::owned. Nothing below reaches them. Any other grant to the application may.
$roles['warning-file-a-line-1-'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole warning-file-a-line-1- 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- ::add-mask::e (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule ::add-mask::e: ::add-mask::e. Nothing below reaches them. Any other grant to the application may.
$roles['add-mask-e'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole add-mask-e 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- ::stop-commands::pause (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule ::stop-commands::pause: ::stop-commands::pause. Nothing below reaches them. Any other grant to the application may.
$roles['stop-commands-pause'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole stop-commands-pause 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- ::set-output name=a::b (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule ::set-output name=a::b: ::set-output name=a::b. Nothing below reaches them. Any other grant to the application may.
$roles['set-output-name-a-b'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole set-output-name-a-b 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ----   ::error::behind spaces (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule   ::error::behind spaces:   ::error::behind spaces. Nothing below reaches them. Any other grant to the application may.
$roles['error-behind-spaces'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole error-behind-spaces 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- \u{a0}\u{3000}::error::behind wide spaces (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule \u{a0}\u{3000}::error::behind wide spaces: \u{a0}\u{3000}::error::behind wide spaces. Nothing below reaches them. Any other grant to the application may.
$roles['error-behind-wide-spac'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole error-behind-wide-spac 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- first\n::error::on the second line (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule first\n::error::on the second line: first\n::error::on the second line. Nothing below reaches them. Any other grant to the application may.
$roles['first-error-on-the-sec'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole first-error-on-the-sec 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- first\r::error::behind a carriage return (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule first\r::error::behind a carriage return: first\r::error::behind a carriage return. Nothing below reaches them. Any other grant to the application may.
$roles['first-error-behind-a-c'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole first-error-behind-a-c 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- first\r\n   ::group::behind both (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule first\r\n   ::group::behind both: first\r\n   ::group::behind both. Nothing below reaches them. Any other grant to the application may.
$roles['first-group-behind-bot'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole first-group-behind-bot 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- a very long first part that is longer than eighty columns, so that whoever folds it folds it here ::error::folded ::error::again (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule a very long first part that is longer than eighty columns, so that whoever folds it folds it here ::error::folded ::error::again: a very long first part that is longer than eighty columns, so that whoever folds it folds it here ::error::folded ::error::again. Nothing below reaches them. Any other grant to the application may.
$roles['a-very-long-first-part'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole a-very-long-first-part 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- #\u{23}[error]owned (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule #\u{23}[error]owned: #\u{23}[error]owned. Nothing below reaches them. Any other grant to the application may.
$roles['error-owned-2'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole error-owned-2 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- in the middle #\u{23}[set-env name=a]b (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule in the middle #\u{23}[set-env name=a]b: in the middle #\u{23}[set-env name=a]b. Nothing below reaches them. Any other grant to the application may.
$roles['in-the-middle-set-env-'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole in-the-middle-set-env- 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- ##\u{23}[group]three (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule ##\u{23}[group]three: ##\u{23}[group]three. Nothing below reaches them. Any other grant to the application may.
$roles['group-three'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole group-three 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- #\u{23}vso[task.setvariable variable=a]b (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule #\u{23}vso[task.setvariable variable=a]b: #\u{23}vso[task.setvariable variable=a]b. Nothing below reaches them. Any other grant to the application may.
$roles['vso-task-setvariable-v'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole vso-task-setvariable-v 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- a #\u{23}VSO[task.complete result=Failed]done (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule a #\u{23}VSO[task.complete result=Failed]done: a #\u{23}VSO[task.complete result=Failed]done. Nothing below reaches them. Any other grant to the application may.
$roles['a-vso-task-complete-re'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole a-vso-task-complete-re 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- #\u{23}teamcity[buildStop comment='a'] (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule #\u{23}teamcity[buildStop comment='a']: #\u{23}teamcity[buildStop comment='a']. Nothing below reaches them. Any other grant to the application may.
$roles['teamcity-buildstop-com'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole teamcity-buildstop-com 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- first\n#\u{23}teamcity[message text='a'] (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule first\n#\u{23}teamcity[message text='a']: first\n#\u{23}teamcity[message text='a']. Nothing below reaches them. Any other grant to the application may.
$roles['first-teamcity-message'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole first-teamcity-message 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- section_start:1:a\r\u{1b}[0K (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule section_start:1:a\r\u{1b}[0K: section_start:1:a\r\u{1b}[0K. Nothing below reaches them. Any other grant to the application may.
$roles['section_start-1-a-0k'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole section_start-1-a-0k 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- ![x](https://evil.example/p.png) (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule ![x](https://evil.example/p.png): ![x](https://evil.example/p.png). Nothing below reaches them. Any other grant to the application may.
$roles['x-https-evil-example-p'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole x-https-evil-example-p 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- [x](https://evil.example) (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule [x](https://evil.example): [x](https://evil.example). Nothing below reaches them. Any other grant to the application may.
$roles['x-https-evil-example'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole x-https-evil-example 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- [x][y]\n\n[y]: https://evil.example (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule [x][y]\n\n[y]: https://evil.example: [x][y]\n\n[y]: https://evil.example. Nothing below reaches them. Any other grant to the application may.
$roles['x-y-y-https-evil-examp'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole x-y-y-https-evil-examp 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- <https://evil.example> (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule <https://evil.example>: <https://evil.example>. Nothing below reaches them. Any other grant to the application may.
$roles['https-evil-example'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole https-evil-example 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- https://evil.example/path?a=b (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule https://evil.example/path?a=b: https://evil.example/path?a=b. Nothing below reaches them. Any other grant to the application may.
$roles['https-evil-example-pat'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole https-evil-example-pat 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- see http://evil.example. (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule see http://evil.example.: see http://evil.example.. Nothing below reaches them. Any other grant to the application may.
$roles['see-http-evil-example'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole see-http-evil-example 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- www.evil.example (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule www.evil.example: www.evil.example. Nothing below reaches them. Any other grant to the application may.
$roles['www-evil-example'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole www-evil-example 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- WWW.evil.example (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule WWW.evil.example: WWW.evil.example. Nothing below reaches them. Any other grant to the application may.
$roles['www-evil-example-2'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole www-evil-example-2 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- mailto:a@evil.example (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule mailto:a@evil.example: mailto:a@evil.example. Nothing below reaches them. Any other grant to the application may.
$roles['mailto-a-evil-example'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole mailto-a-evil-example 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- somebody@evil.example (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule somebody@evil.example: somebody@evil.example. Nothing below reaches them. Any other grant to the application may.
$roles['somebody-evil-example'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole somebody-evil-example 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- @octocat (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule @octocat: @octocat. Nothing below reaches them. Any other grant to the application may.
$roles['octocat'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole octocat 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- @org/team (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule @org/team: @org/team. Nothing below reaches them. Any other grant to the application may.
$roles['org-team'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole org-team 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- (@octocat) (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule (@octocat): (@octocat). Nothing below reaches them. Any other grant to the application may.
$roles['octocat-2'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole octocat-2 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- #1 (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule #1: #1. Nothing below reaches them. Any other grant to the application may.
$roles['1'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole 1 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- fixes #12 (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule fixes #12: fixes #12. Nothing below reaches them. Any other grant to the application may.
$roles['fixes-12'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole fixes-12 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- GH-1 (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule GH-1: GH-1. Nothing below reaches them. Any other grant to the application may.
$roles['gh-1'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole gh-1 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- gh-23 (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule gh-23: gh-23. Nothing below reaches them. Any other grant to the application may.
$roles['gh-23'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole gh-23 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- org/repo#1 (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule org/repo#1: org/repo#1. Nothing below reaches them. Any other grant to the application may.
$roles['org-repo-1'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole org-repo-1 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- org/repo@deadbeefdeadbeefdeadbeefdeadbeefdeadbeef (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule org/repo@deadbeefdeadbeefdeadbeefdeadbeefdeadbeef: org/repo@deadbeefdeadbeefdeadbeefdeadbeefdeadbeef. Nothing below reaches them. Any other grant to the application may.
$roles['org-repo-deadbeefdeadb'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole org-repo-deadbeefdeadb 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- <img src=x onerror=alert(1)> (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule <img src=x onerror=alert(1)>: <img src=x onerror=alert(1)>. Nothing below reaches them. Any other grant to the application may.
$roles['img-src-x-onerror-aler'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole img-src-x-onerror-aler 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- <!-- comment (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule <!-- comment: <!-- comment. Nothing below reaches them. Any other grant to the application may.
$roles['comment'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole comment 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- </summary></details><h1>big</h1> (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule </summary></details><h1>big</h1>: </summary></details><h1>big</h1>. Nothing below reaches them. Any other grant to the application may.
$roles['summary-details-h1-big'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole summary-details-h1-big 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- </code></pre><b> (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule </code></pre><b>: </code></pre><b>. Nothing below reaches them. Any other grant to the application may.
$roles['code-pre-b'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole code-pre-b 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- a | b || c (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule a | b || c: a | b || c. Nothing below reaches them. Any other grant to the application may.
$roles['a-b-c'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole a-b-c 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- a \| b \\| c (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule a \| b \\| c: a \| b \\| c. Nothing below reaches them. Any other grant to the application may.
$roles['a-b-c-2'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole a-b-c-2 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- ` `` ``` ```` (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule ` `` ``` ````: ` `` ``` ````. Nothing below reaches them. Any other grant to the application may.
$roles['role'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole role 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- ```\n# heading\n``` (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule ```\n# heading\n```: ```\n# heading\n```. Nothing below reaches them. Any other grant to the application may.
$roles['heading'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole heading 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- ~~~ (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule ~~~: ~~~. Nothing below reaches them. Any other grant to the application may.
$roles['role-2'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole role-2 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- `code` **bold** _it_ ~~gone~~ (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule `code` **bold** _it_ ~~gone~~: `code` **bold** _it_ ~~gone~~. Nothing below reaches them. Any other grant to the application may.
$roles['code-bold-_it_-gone'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole code-bold-_it_-gone 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- `unclosed @octocat (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule `unclosed @octocat: `unclosed @octocat. Nothing below reaches them. Any other grant to the application may.
$roles['unclosed-octocat'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole unclosed-octocat 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- &#64;octocat &lt;b&gt; (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule &#64;octocat &lt;b&gt;: &#64;octocat &lt;b&gt;. Nothing below reaches them. Any other grant to the application may.
$roles['64-octocat-lt-b-gt'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole 64-octocat-lt-b-gt 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- \@octocat \#1 \` (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule \@octocat \#1 \`: \@octocat \#1 \`. Nothing below reaches them. Any other grant to the application may.
$roles['octocat-1'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole octocat-1 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- # heading\n- list\n> quote (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule # heading\n- list\n> quote: # heading\n- list\n> quote. Nothing below reaches them. Any other grant to the application may.
$roles['heading-list-quote'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole heading-list-quote 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- --- (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule ---: ---. Nothing below reaches them. Any other grant to the application may.
$roles['role-3'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole role-3 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- =1+1 (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule =1+1: =1+1. Nothing below reaches them. Any other grant to the application may.
$roles['1-1'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole 1-1 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- +1 (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule +1: +1. Nothing below reaches them. Any other grant to the application may.
$roles['1-2'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole 1-2 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- -1 (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule -1: -1. Nothing below reaches them. Any other grant to the application may.
$roles['1-3'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole 1-3 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- @SUM(A1) (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule @SUM(A1): @SUM(A1). Nothing below reaches them. Any other grant to the application may.
$roles['sum-a1'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole sum-a1 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ----  =1+1 (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule  =1+1:  =1+1. Nothing below reaches them. Any other grant to the application may.
$roles['1-1-2'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole 1-1-2 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- \t=1+1 (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule \t=1+1: \t=1+1. Nothing below reaches them. Any other grant to the application may.
$roles['1-1-3'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole 1-1-3 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- \r=1+1 (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule \r=1+1: \r=1+1. Nothing below reaches them. Any other grant to the application may.
$roles['1-1-4'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole 1-1-4 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- |cmd (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule |cmd: |cmd. Nothing below reaches them. Any other grant to the application may.
$roles['cmd'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole cmd 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- %0A (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule %0A: %0A. Nothing below reaches them. Any other grant to the application may.
$roles['0a'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole 0a 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- \u{ff1d}1+1 (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule \u{ff1d}1+1: \u{ff1d}1+1. Nothing below reaches them. Any other grant to the application may.
$roles['1-1-5'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole 1-1-5 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- \u{ff0b}1 (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule \u{ff0b}1: \u{ff0b}1. Nothing below reaches them. Any other grant to the application may.
$roles['1-4'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole 1-4 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- \u{ff0d}1 (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule \u{ff0d}1: \u{ff0d}1. Nothing below reaches them. Any other grant to the application may.
$roles['1-5'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole 1-5 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- \u{ff20}SUM(A1) (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule \u{ff20}SUM(A1): \u{ff20}SUM(A1). Nothing below reaches them. Any other grant to the application may.
$roles['sum-a1-2'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole sum-a1-2 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- \u{3000}=1+1 (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule \u{3000}=1+1: \u{3000}=1+1. Nothing below reaches them. Any other grant to the application may.
$roles['1-1-6'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole 1-1-6 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- =cmd|' /C calc'!A0 (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule =cmd|' /C calc'!A0: =cmd|' /C calc'!A0. Nothing below reaches them. Any other grant to the application may.
$roles['cmd-c-calc-a0'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole cmd-c-calc-a0 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- a,b"c"\nd (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule a,b"c"\nd: a,b"c"\nd. Nothing below reaches them. Any other grant to the application may.
$roles['a-b-c-d'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole a-b-c-d 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- '=1+1 (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule '=1+1: '=1+1. Nothing below reaches them. Any other grant to the application may.
$roles['1-1-7'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole 1-1-7 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- ]]> (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule ]]>: ]]>. Nothing below reaches them. Any other grant to the application may.
$roles['role-4'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole role-4 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- <![CDATA[x]]> (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule <![CDATA[x]]>: <![CDATA[x]]>. Nothing below reaches them. Any other grant to the application may.
$roles['cdata-x'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole cdata-x 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- &amp; & &bogus; &#0; (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule &amp; & &bogus; &#0;: &amp; & &bogus; &#0;. Nothing below reaches them. Any other grant to the application may.
$roles['amp-bogus-0'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole amp-bogus-0 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- \u{fffe}\u{ffff} (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule \u{fffe}\u{ffff}: \u{fffe}\u{ffff}. Nothing below reaches them. Any other grant to the application may.
$roles['role-5'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole role-5 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- \u{1fffe}\u{10ffff} (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule \u{1fffe}\u{10ffff}: \u{1fffe}\u{10ffff}. Nothing below reaches them. Any other grant to the application may.
$roles['role-6'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole role-6 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- " onload="a (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule " onload="a: " onload="a. Nothing below reaches them. Any other grant to the application may.
$roles['onload-a'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole onload-a 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- ' a=' (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule ' a=': ' a='. Nothing below reaches them. Any other grant to the application may.
$roles['a'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole a 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- \u{1}\u{1f} (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule \u{1}\u{1f}: \u{1}\u{1f}. Nothing below reaches them. Any other grant to the application may.
$roles['role-7'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole role-7 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- admin\u{202e}nimda (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule admin\u{202e}nimda: admin\u{202e}nimda. Nothing below reaches them. Any other grant to the application may.
$roles['admin-nimda'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole admin-nimda 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- \u{2066}isolate\u{2069} (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule \u{2066}isolate\u{2069}: \u{2066}isolate\u{2069}. Nothing below reaches them. Any other grant to the application may.
$roles['isolate'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole isolate 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- \u{200e}\u{200f}\u{61c} (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule \u{200e}\u{200f}\u{61c}: \u{200e}\u{200f}\u{61c}. Nothing below reaches them. Any other grant to the application may.
$roles['role-8'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole role-8 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- ad\u{200b}min (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule ad\u{200b}min: ad\u{200b}min. Nothing below reaches them. Any other grant to the application may.
$roles['ad-min'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole ad-min 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- ad\u{200c}mi\u{200d}n (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule ad\u{200c}mi\u{200d}n: ad\u{200c}mi\u{200d}n. Nothing below reaches them. Any other grant to the application may.
$roles['ad-mi-n'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole ad-mi-n 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- \u{feff}admin (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule \u{feff}admin: \u{feff}admin. Nothing below reaches them. Any other grant to the application may.
$roles['admin'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole admin 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- ad\u{2060}min\u{ad} (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule ad\u{2060}min\u{ad}: ad\u{2060}min\u{ad}. Nothing below reaches them. Any other grant to the application may.
$roles['ad-min-2'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole ad-min-2 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- admin\u{180e}\u{34f} (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule admin\u{180e}\u{34f}: admin\u{180e}\u{34f}. Nothing below reaches them. Any other grant to the application may.
$roles['admin-2'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole admin-2 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- admin\u{fe0f}\u{e0100} (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule admin\u{fe0f}\u{e0100}: admin\u{fe0f}\u{e0100}. Nothing below reaches them. Any other grant to the application may.
$roles['admin-3'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole admin-3 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- admin\u{e0001}\u{e0061}\u{e007f} (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule admin\u{e0001}\u{e0061}\u{e007f}: admin\u{e0001}\u{e0061}\u{e007f}. Nothing below reaches them. Any other grant to the application may.
$roles['admin-4'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole admin-4 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- admin\u{3164}\u{115f}\u{ffa0} (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule admin\u{3164}\u{115f}\u{ffa0}: admin\u{3164}\u{115f}\u{ffa0}. Nothing below reaches them. Any other grant to the application may.
$roles['admin-5'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole admin-5 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- ad\u{a0}min ad\u{2009}min (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule ad\u{a0}min ad\u{2009}min: ad\u{a0}min ad\u{2009}min. Nothing below reaches them. Any other grant to the application may.
$roles['ad-min-ad-min'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole ad-min-ad-min 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- \u{301}begins with a mark (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule \u{301}begins with a mark: \u{301}begins with a mark. Nothing below reaches them. Any other grant to the application may.
$roles['begins-with-a-mark'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole begins-with-a-mark 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- z\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}\u{309}\u{30a}algo (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule z\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}\u{309}\u{30a}algo: z\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}\u{309}\u{30a}algo. Nothing below reaches them. Any other grant to the application may.
$roles['z-algo'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole z-algo 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- \u{fffd}replacement (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule \u{fffd}replacement: \u{fffd}replacement. Nothing below reaches them. Any other grant to the application may.
$roles['replacement'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole replacement 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- literally \\u{200b} (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule literally \\u{200b}: literally \\u{200b}. Nothing below reaches them. Any other grant to the application may.
$roles['literally-u-200b'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole literally-u-200b 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- quote ' " ` $HOME $(id) %PATH% !x! ^ & ; \ (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule quote ' " ` $HOME $(id) %PATH% !x! ^ & ; \: quote ' " ` $HOME $(id) %PATH% !x! ^ & ; \. Nothing below reaches them. Any other grant to the application may.
$roles['quote-home-id-path-x'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole quote-home-id-path-x 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- \u{2018}smart\u{2019} \u{201a}quotes\u{201b} (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule \u{2018}smart\u{2019} \u{201a}quotes\u{201b}: \u{2018}smart\u{2019} \u{201a}quotes\u{201b}. Nothing below reaches them. Any other grant to the application may.
$roles['smart-quotes'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole smart-quotes 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- null (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule null: null. Nothing below reaches them. Any other grant to the application may.
$roles['null'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole null 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- yes (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule yes: yes. Nothing below reaches them. Any other grant to the application may.
$roles['yes'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole yes 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- - a\n- b (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule - a\n- b: - a\n- b. Nothing below reaches them. Any other grant to the application may.
$roles['a-b'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole a-b 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- key: value # comment (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule key: value # comment: key: value # comment. Nothing below reaches them. Any other grant to the application may.
$roles['key-value-comment'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole key-value-comment 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- *anchor &anchor !tag (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule *anchor &anchor !tag: *anchor &anchor !tag. Nothing below reaches them. Any other grant to the application may.
$roles['anchor-anchor-tag'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole anchor-anchor-tag 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- \u{65e5}\u{672c}\u{8a9e} \u{435}\u{301} \u{1f469}\u{200d}\u{1f4bb} (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule \u{65e5}\u{672c}\u{8a9e} \u{435}\u{301} \u{1f469}\u{200d}\u{1f4bb}: \u{65e5}\u{672c}\u{8a9e} \u{435}\u{301} \u{1f469}\u{200d}\u{1f4bb}. Nothing below reaches them. Any other grant to the application may.
$roles['role-9'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole role-9 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- What is done with the role that was chosen

$permissions = $roles[$Role].Permissions

function Get-Filter([string[]] $Address) {
    # In a filter an apostrophe is doubled
    @($Address | ForEach-Object { "EmailAddresses -eq '" + $_.Replace("'", "''") + "'" }) -join ' -or '
}

function Get-Address($Recipient) {
    @($Recipient | ForEach-Object { $_.EmailAddresses } | ForEach-Object { "$_" -replace '^smtp:', '' })
}

$scopes = @(
    foreach ($scope in $roles[$Role].Scopes) {
        if ($scope.Everyone -and -not $EveryMailbox) {
            Write-Warning "$($scope.Name) is left out: it reaches every user mailbox of the tenant, those made later too; -EveryMailbox grants it"
        }
        elseif ($scope.Ends -and [DateTimeOffset]::Parse($scope.Ends, [Globalization.CultureInfo]::InvariantCulture) -le [DateTimeOffset]::UtcNow) {
            Write-Warning "$($scope.Name) is left out: it ended at $($scope.Ends)"
        }
        elseif ($scope.Ends -and -not $WithoutEnd) {
            Write-Warning "$($scope.Name) is left out: it ends at $($scope.Ends), and nothing ends here; -WithoutEnd grants it"
        }
        else {
            $scope
        }
    }
)
if ($scopes.Count -eq 0) {
    throw "of the role $Role nothing is to be granted"
}

# First all that reads, so that nothing is changed where a filter does not mean whom it names
foreach ($scope in $scopes) {
    $listed = Get-Filter $scope.Addresses
    $found = @()
    if ($scope.Addresses.Count -gt 0) {
        $found = @(Get-Recipient -Filter $listed -ResultSize Unlimited)
    }
    if ($scope.Everyone) {
        $known = @(Get-Address $found)
        $missing = @($scope.Addresses | Where-Object { $known -notcontains $_ })
        if ($missing.Count -gt 0) {
            throw "$($scope.Name): these must not be reached, and no mailbox has their address, so that they may be reached by another one: $($missing -join ', ')"
        }
        $scope.Filter = "(RecipientTypeDetails -eq 'UserMailbox')"
        if ($scope.Addresses.Count -gt 0) {
            $scope.Filter += " -and (-not ($listed))"
        }
        $reached = @(Get-Address (Get-Recipient -Filter $scope.Filter -ResultSize Unlimited))
        $wrong = @($scope.Addresses | Where-Object { $reached -contains $_ })
        if ($wrong.Count -gt 0) {
            throw "$($scope.Name): the filter reaches whom it must not: $($wrong -join ', ')"
        }
    }
    else {
        $primary = @($found | ForEach-Object { "$($_.PrimarySmtpAddress)" })
        $other = @($primary | Where-Object { $scope.Addresses -notcontains $_ })
        if ($other.Count -gt 0) {
            throw "$($scope.Name): an address of the list is the second address of $($other -join ', '), which would be reached"
        }
        $missing = @($scope.Addresses | Where-Object { $primary -notcontains $_ })
        if ($missing.Count -gt 0) {
            Write-Warning "$($scope.Name): no mailbox has these addresses; one that gets such an address is reached from then on: $($missing -join ', ')"
        }
        $scope.Filter = $listed
    }
}
$principals = @(Get-ServicePrincipal | Where-Object { "$($_.AppId)" -eq "$AppId" })
if ($principals.Count -gt 0 -and "$($principals[0].ObjectId)" -ne "$ObjectId") {
    throw "the application $AppId has the object id $($principals[0].ObjectId) in Exchange Online, and not $ObjectId"
}
$existingScopes = @(Get-ManagementScope | ForEach-Object { "$($_.Name)" })
$existingAssignments = @(Get-ManagementRoleAssignment | ForEach-Object { "$($_.Name)" })

# Then all that changes. Run again it changes the filters, and adds what is missing
if ($principals.Count -eq 0 -and $PSCmdlet.ShouldProcess("$AppId", 'New-ServicePrincipal')) {
    New-ServicePrincipal -AppId "$AppId" -ObjectId "$ObjectId" -DisplayName "wmrole $Role" | Out-Null
}
foreach ($scope in $scopes) {
    if ($existingScopes -contains $scope.Name) {
        if ($PSCmdlet.ShouldProcess($scope.Name, 'Set-ManagementScope')) {
            Set-ManagementScope -Identity $scope.Name -RecipientRestrictionFilter $scope.Filter
        }
    }
    elseif ($PSCmdlet.ShouldProcess($scope.Name, 'New-ManagementScope')) {
        New-ManagementScope -Name $scope.Name -RecipientRestrictionFilter $scope.Filter | Out-Null
    }
    foreach ($permission in $permissions) {
        $assignment = "$($scope.Name) $permission"
        # Never without a scope: that would be the whole tenant
        if ($existingAssignments -notcontains $assignment -and $PSCmdlet.ShouldProcess($assignment, 'New-ManagementRoleAssignment')) {
            New-ManagementRoleAssignment -Name $assignment -App "$ObjectId" -Role "Application $permission" -CustomResourceScope $scope.Name | Out-Null
        }
    }
    if ($scope.Ends) {
        Write-Warning "nothing ends $($scope.Name): take it away at $($scope.Ends): Get-ManagementRoleAssignment | Where-Object Name -like '$($scope.Name) *' | Remove-ManagementRoleAssignment"
    }
}

# What the application has now. It does not show consents in Microsoft Entra, which add up with it
if ($WhatIfPreference) {
    return
}
$granted = @(Test-ServicePrincipalAuthorization -Identity "$ObjectId")
foreach ($scope in $scopes) {
    foreach ($permission in $permissions) {
        if (@($granted | Where-Object { "$($_.RoleName)" -eq "Application $permission" -and "$($_.AllowedResourceScope)" -eq $scope.Name }).Count -eq 0) {
            Write-Warning "the application does not have $permission over $($scope.Name)"
        }
    }
}
$names = @($scopes | ForEach-Object { $_.Name })
foreach ($one in @($granted | Where-Object { $names -notcontains "$($_.AllowedResourceScope)" })) {
    Write-Warning "the application also has $($one.RoleName) over '$($one.AllowedResourceScope)', which is not of this run and adds up with it"
}
Write-Warning 'consents in Microsoft Entra add up with this: take Mail.Read and the like away from the application there'
$granted
