# ---- r (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
$roles['r'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole r 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com',
                'bob@example.com',
                'carol@example.com'
            )
        }
    )
}
