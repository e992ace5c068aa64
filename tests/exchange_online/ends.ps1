# ---- role ends (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# WARNING: access to alice@example.com ends on 2027-01-31 in WorkMail, and never here. It is left out without -WithoutEnd.
$roles['role-ends'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole role-ends 30000001 1'
            Everyone = $false
            Ends = '2027-02-01T00:00:00Z'
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- a rule ends (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# WARNING: access to bob@example.com ends on 2027-01-31 in WorkMail, and never here. It is left out without -WithoutEnd.
$roles['a-rule-ends'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole a-rule-ends 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
        @{
            Name = 'wmrole a-rule-ends 30000001 2'
            Everyone = $false
            Ends = '2027-02-01T00:00:00Z'
            Addresses = @(
                'bob@example.com'
            )
        }
    )
}

# ---- a rule has ended (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# LEFT OUT: rule b expired on 2026-11-01.
$roles['a-rule-has-ended'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole a-rule-has-ended 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- all has ended (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# LEFT OUT: rule b expired on 2026-11-01.
# Nothing is granted: nobody is left whom the role reaches.
$roles['all-has-ended'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
    )
}

# ---- everyone ends (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# WARNING: access to everyone ends at 2027-02-28T12:00:00Z in WorkMail, and never here. It is left out without -WithoutEnd.
# WARNING: this role reaches everyone, mailboxes made later too. It is left out without -EveryMailbox, which grants it over every user mailbox of the tenant, and none that is shared or a resource's.
$roles['everyone-ends'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole everyone-ends 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
        @{
            Name = 'wmrole everyone-ends 30000001 2'
            Everyone = $true
            Ends = '2027-02-28T12:00:00Z'
            Addresses = @()
        }
    )
}

# ---- an end that is none (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# WARNING: rule a of live role an end that is none does not expire, though the last line of its description begins so: "soon" is not a date; use a date like 2027-01-31 (to the end of that day, UTC) or a time like 2027-01-31T18:00:00Z
$roles['an-end-that-is-none'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole an-end-that-is-none 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}
