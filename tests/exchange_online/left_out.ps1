# ---- some are left (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# LEFT OUT: a\u{2019}; Remove-Mailbox bob #@example.com (an address with unusual characters), dora@example.com (disabled: has no mailbox), gone (not in the directory), no-address (no address), *@example.com (an address with unusual characters).
$roles['some-are-left'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole some-are-left 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com',
                'o''brien@example.com'
            )
        }
    )
}

# ---- none is left (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# LEFT OUT: gone (not in the directory).
# Nothing is granted: nobody is left whom the role reaches.
$roles['none-is-left'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
    )
}

# ---- no rules (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# Nothing is granted: nobody is left whom the role reaches.
$roles['no-rules'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
    )
}

# ---- no list of rules (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# LEFT OUT: the service gave no list of rules, so that nobody knows whom the role reaches.
$roles['no-list-of-rules'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
    )
}
