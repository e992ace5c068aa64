# ---- all (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# WARNING: this role reaches everyone, mailboxes made later too. It is left out without -EveryMailbox, which grants it over every user mailbox of the tenant, and none that is shared or a resource's.
$roles['all'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole all 30000001 1'
            Everyone = $true
            Ends = ''
            Addresses = @()
        }
    )
}
