//! Personal access tokens, and whether users may have any.

use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::{Answer, seconds};
use super::input::{entity, required};
use super::limits::{WORD, check};
use super::paging::Listed;
use crate::sandbox::model::{ACCOUNT, EntityState, Organization, PersonalAccessToken};
use crate::sandbox::service_error::ServiceError;

impl Listed for &PersonalAccessToken {
    fn key(&self) -> String {
        self.id.clone()
    }

    fn summary(&self) -> Value {
        json!({
            "PersonalAccessTokenId": self.id,
            "UserId": self.user,
            "Name": self.name,
            "DateCreated": seconds(self.created),
            "DateLastUsed": self.last_used.map(seconds),
            "ExpiresTime": self.expires.map(seconds),
            "Scopes": Some(&self.scopes).filter(|scopes| !scopes.is_empty()),
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct List {
    user_id: Option<String>,
}

pub(super) fn list(
    organization: &Organization,
    input: List,
) -> Result<Vec<&PersonalAccessToken>, ServiceError> {
    let all = organization.personal_access_tokens.iter();
    let Some(text) = input.user_id else { return Ok(all.collect()) };
    let text = entity("UserId", Some(text))?;
    let user = organization.user(&text).ok_or_else(|| ServiceError::no_entity("User", &text))?;
    if user.state != EntityState::Enabled {
        return Err(ServiceError::state(format!("User {text} is not enabled")));
    }
    Ok(all.filter(|token| token.user == user.id).collect())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OneToken {
    personal_access_token_id: Option<String>,
}

impl OneToken {
    fn id(self) -> Result<String, ServiceError> {
        let id = required("PersonalAccessTokenId", self.personal_access_token_id)?;
        check("PersonalAccessTokenId", &id, &WORD)?;
        Ok(id)
    }
}

pub(super) fn get(organization: &Organization, input: OneToken) -> Answer {
    let id = input.id()?;
    let token = organization.personal_access_tokens.iter().find(|token| token.id == id);
    token.map(|token| token.summary()).ok_or_else(|| {
        let message = format!("Personal access token {id} does not exist");
        ServiceError::modelled("ResourceNotFoundException", message)
    })
}

/// Deleting a missing token succeeds: the model has no error for it.
pub(super) fn delete(organization: &mut Organization, input: OneToken) -> Answer {
    let id = input.id()?;
    organization.personal_access_tokens.retain(|token| token.id != id);
    Ok(Value::Null)
}

pub(super) fn describe_configuration(organization: &Organization) -> Answer {
    let Some(provider) = &organization.identity_provider else {
        let message = format!("Organization {} has no identity provider configuration", organization.id);
        return Err(ServiceError::modelled("ResourceNotFoundException", message));
    };
    Ok(json!({
        "AuthenticationMode": "IDENTITY_PROVIDER_AND_DIRECTORY",
        "IdentityCenterConfiguration": {
            "InstanceArn": "arn:aws:sso:::instance/ssoins-0123456789abcdef",
            "ApplicationArn": format!("arn:aws:sso::{ACCOUNT}:application/ssoins-0123456789abcdef/apl-0123456789abcdef"),
        },
        "PersonalAccessTokenConfiguration": {
            "Status": if provider.personal_access_tokens { "ACTIVE" } else { "INACTIVE" },
            "LifetimeInDays": provider.lifetime_in_days,
        },
    }))
}
