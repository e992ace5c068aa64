# ---- denies one (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule never: bob@example.com. Nothing below reaches them. Any other grant to the application may.
$roles['denies-one'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole denies-one 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}

# ---- denies all but one (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule never: everyone except bob@example.com. Nothing below reaches them. Any other grant to the application may.
$roles['denies-all-but-one'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole denies-all-but-one 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'bob@example.com'
            )
        }
    )
}

# ---- denies by both (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule never: alice@example.com, bob@example.com except bob@example.com. Nothing below reaches them. Any other grant to the application may.
$roles['denies-by-both'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole denies-by-both 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'bob@example.com'
            )
        }
    )
}

# ---- denies everyone (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule never: everyone. Nothing below reaches them. Any other grant to the application may.
# Nothing is granted: nobody is left whom the role reaches.
$roles['denies-everyone'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
    )
}

# ---- denies one of everyone (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# DENY, rule never: bob@example.com. Nothing below reaches them. Any other grant to the application may.
# WARNING: this role reaches everyone, mailboxes made later too. It is left out without -EveryMailbox, which grants it over every user mailbox of the tenant, and none that is shared or a resource's.
$roles['denies-one-of-everyone'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole denies-one-of-everyone 30000001 1'
            Everyone = $true
            Ends = ''
            Addresses = @(
                'bob@example.com'
            )
        }
    )
}
