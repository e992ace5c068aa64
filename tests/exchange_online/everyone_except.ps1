# ---- except one (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# EXCEPTION, rule a: bob@example.com. Nothing below reaches them, unless a different rule does. Any other grant to the application may.
# WARNING: this role reaches everyone, mailboxes made later too. It is left out without -EveryMailbox, which grants it over every user mailbox of the tenant, and none that is shared or a resource's.
$roles['except-one'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole except-one 30000001 1'
            Everyone = $true
            Ends = ''
            Addresses = @(
                'bob@example.com'
            )
        }
    )
}

# ---- except one who is allowed again (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# EXCEPTION, rule a: bob@example.com, carol@example.com. Nothing below reaches them, unless a different rule does. Any other grant to the application may.
# WARNING: this role reaches everyone, mailboxes made later too. It is left out without -EveryMailbox, which grants it over every user mailbox of the tenant, and none that is shared or a resource's.
$roles['except-one-who-is-allo'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole except-one-who-is-allo 30000001 1'
            Everyone = $true
            Ends = ''
            Addresses = @(
                'carol@example.com'
            )
        }
    )
}

# ---- except somebody disabled (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# EXCEPTION, rule a: dora@example.com. Nothing below reaches them, unless a different rule does. Any other grant to the application may.
# WARNING: this role reaches everyone, mailboxes made later too. It is left out without -EveryMailbox, which grants it over every user mailbox of the tenant, and none that is shared or a resource's.
$roles['except-somebody-disabl'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole except-somebody-disabl 30000001 1'
            Everyone = $true
            Ends = ''
            Addresses = @(
                'dora@example.com'
            )
        }
    )
}

# ---- except nobody that can be named (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# EXCEPTION, rule a: bob@example.com, gone, no-address. Nothing below reaches them, unless a different rule does. Any other grant to the application may.
# WARNING: this role reaches everyone, mailboxes made later too. It is left out without -EveryMailbox, which grants it over every user mailbox of the tenant, and none that is shared or a resource's.
# LEFT OUT: everyone, since these must not be reached and a filter cannot name them: gone (not in the directory), no-address (no address).
# Nothing is granted: nobody is left whom the role reaches.
$roles['except-nobody-that-can'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
    )
}

# ---- except too many (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
# EXCEPTION, rule a: user.number.000@example.com, user.number.001@example.com, user.number.002@example.com, user.number.003@example.com, user.number.004@example.com, user.number.005@example.com, user.number.006@example.com, user.number.007@example.com, user.number.008@example.com, user.number.009@example.com, user.number.010@example.com, user.number.011@example.com, user.number.012@example.com, user.number.013@example.com, user.number.014@example.com, user.number.015@example.com, user.number.016@example.com, user.number.017@example.com, user.number.018@example.com, user.number.019@example.com, user.number.020@example.com, user.number.021@example.com, user.number.022@example.com, user.number.023@example.com, user.number.024@example.com, user.number.025@example.com, user.number.026@example.com, user.number.027@example.com, user.number.028@example.com, user.number.029@example.com, user.number.030@example.com, user.number.031@example.com, user.number.032@example.com, user.number.033@example.com, user.number.034@example.com, user.number.035@example.com, user.number.036@example.com, user.number.037@example.com, user.number.038@example.com, user.number.039@example.com, user.number.040@example.com, user.number.041@example.com, user.number.042@example.com, user.number.043@example.com, user.number.044@example.com, user.number.045@example.com, user.number.046@example.com, user.number.047@example.com, user.number.048@example.com, user.number.049@example.com, user.number.050@example.com, user.number.051@example.com, user.number.052@example.com, user.number.053@example.com, user.number.054@example.com, user.number.055@example.com, user.number.056@example.com, user.number.057@example.com, user.number.058@example.com, user.number.059@example.com. Nothing below reaches them, unless a different rule does. Any other grant to the application may.
# WARNING: this role reaches everyone, mailboxes made later too. It is left out without -EveryMailbox, which grants it over every user mailbox of the tenant, and none that is shared or a resource's.
# LEFT OUT: everyone, since 60 exceptions are too many for one filter, and two would add up. Make a group of those who are reached, and a scope with MemberOfGroup.
# Nothing is granted: nobody is left whom the role reaches.
$roles['except-too-many'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
    )
}
