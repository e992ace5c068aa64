#Requires -Version 5.1
#Requires -Modules ExchangeOnlineManagement
# Impersonation roles of acme (m-ac3e0000000000000000000000000001, us-east-1),
# as RBAC for Applications in Exchange Online. Written by wmrole 0.1.0 at 2026-11-29T12:00:00Z: read it before you run it.
#
# Run it after Connect-ExchangeOnline, once for each role, with an application of its own for each: what an
# application is granted adds up. -WhatIf shows what would be done.
#
#   ./roles.ps1 -Role ticket-triage -AppId <application id> -ObjectId <object id> -WhatIf
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
    [ValidateSet('ticket-triage')]
    [string] $Role = 'ticket-triage',
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

# ---- Ticket triage (30000001-0000-4000-8000-000000000001)
# READ_ONLY: mail, calendars, contacts and settings are read. Tasks and notes are not granted: no role has them.
$roles['ticket-triage'] = @{
    Permissions = @('Mail.Read', 'Calendars.Read', 'Contacts.Read', 'MailboxSettings.Read')
    Scopes = @(
        @{
            Name = 'wmrole ticket-triage 30000001 1'
            Everyone = $false
            Ends = ''
            Addresses = @(
                'alice@example.com',
                'bob@example.com'
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
