# ---- r (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# EXCEPTION, rule a: bob@example.com. Nothing below reaches them, unless a different rule does. Any other grant to the application may.
$roles['r'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole r 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}
