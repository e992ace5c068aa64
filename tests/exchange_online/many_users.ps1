# ---- many (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
$roles['many'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole many 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'user.number.000@example.com',
                'user.number.001@example.com',
                'user.number.002@example.com',
                'user.number.003@example.com',
                'user.number.004@example.com',
                'user.number.005@example.com',
                'user.number.006@example.com',
                'user.number.007@example.com',
                'user.number.008@example.com',
                'user.number.009@example.com',
                'user.number.010@example.com',
                'user.number.011@example.com',
                'user.number.012@example.com',
                'user.number.013@example.com',
                'user.number.014@example.com',
                'user.number.015@example.com',
                'user.number.016@example.com',
                'user.number.017@example.com',
                'user.number.018@example.com',
                'user.number.019@example.com',
                'user.number.020@example.com',
                'user.number.021@example.com',
                'user.number.022@example.com',
                'user.number.023@example.com',
                'user.number.024@example.com',
                'user.number.025@example.com',
                'user.number.026@example.com',
                'user.number.027@example.com',
                'user.number.028@example.com',
                'user.number.029@example.com',
                'user.number.030@example.com',
                'user.number.031@example.com',
                'user.number.032@example.com',
                'user.number.033@example.com',
                'user.number.034@example.com'
            )
        }
        @{
            Name = 'wmrole many 30000001 2'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'user.number.035@example.com',
                'user.number.036@example.com',
                'user.number.037@example.com',
                'user.number.038@example.com',
                'user.number.039@example.com',
                'user.number.040@example.com',
                'user.number.041@example.com',
                'user.number.042@example.com',
                'user.number.043@example.com',
                'user.number.044@example.com',
                'user.number.045@example.com',
                'user.number.046@example.com',
                'user.number.047@example.com',
                'user.number.048@example.com',
                'user.number.049@example.com',
                'user.number.050@example.com',
                'user.number.051@example.com',
                'user.number.052@example.com',
                'user.number.053@example.com',
                'user.number.054@example.com',
                'user.number.055@example.com',
                'user.number.056@example.com',
                'user.number.057@example.com',
                'user.number.058@example.com',
                'user.number.059@example.com',
                'user.number.060@example.com',
                'user.number.061@example.com',
                'user.number.062@example.com',
                'user.number.063@example.com',
                'user.number.064@example.com',
                'user.number.065@example.com',
                'user.number.066@example.com',
                'user.number.067@example.com',
                'user.number.068@example.com',
                'user.number.069@example.com'
            )
        }
        @{
            Name = 'wmrole many 30000001 3'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'user.number.070@example.com',
                'user.number.071@example.com',
                'user.number.072@example.com',
                'user.number.073@example.com',
                'user.number.074@example.com',
                'user.number.075@example.com',
                'user.number.076@example.com',
                'user.number.077@example.com',
                'user.number.078@example.com',
                'user.number.079@example.com',
                'user.number.080@example.com',
                'user.number.081@example.com',
                'user.number.082@example.com',
                'user.number.083@example.com',
                'user.number.084@example.com',
                'user.number.085@example.com',
                'user.number.086@example.com',
                'user.number.087@example.com',
                'user.number.088@example.com',
                'user.number.089@example.com',
                'user.number.090@example.com',
                'user.number.091@example.com',
                'user.number.092@example.com',
                'user.number.093@example.com',
                'user.number.094@example.com',
                'user.number.095@example.com',
                'user.number.096@example.com',
                'user.number.097@example.com',
                'user.number.098@example.com',
                'user.number.099@example.com'
            )
        }
    )
}
