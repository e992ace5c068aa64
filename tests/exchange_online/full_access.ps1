# ---- Migration (30000001-0000-4000-8000-000000000001)
# FULL_ACCESS: mail, calendars, contacts and settings are read and changed, and mail is sent. Tasks and notes are not granted: no role has them.
$roles['migration'] = @{
    Permissions = @('Exchange Full Access')
    Scopes = @(
        @{
            Name = 'wmrole migration 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com'
            )
        }
    )
}
