//! The errors of the service, in its shape.

use serde_json::{Value, json};

use super::store::StoreError;

/// An error of the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServiceError {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    message: Option<String>,
    /// The service's own errors say `Message`, those common to all of AWS `message`.
    key: &'static str,
}

impl ServiceError {
    /// An error of the service's own model.
    pub(crate) fn modelled(code: &'static str, message: impl Into<String>) -> Self {
        Self { status: 400, code, message: Some(message.into()), key: "Message" }
    }

    /// An error that any AWS service may answer.
    pub(crate) fn common(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: Some(message.into()), key: "message" }
    }

    /// The target names no operation.
    pub(crate) fn unknown_operation(status: u16) -> Self {
        Self { status, code: "UnknownOperationException", message: None, key: "message" }
    }

    /// The body is no JSON object, or a member has the wrong type.
    pub(crate) fn serialization(error: impl ToString) -> Self {
        Self::modelled("SerializationException", error.to_string())
    }

    /// A member breaks one of the service's limits.
    pub(crate) fn invalid(member: &str, constraint: impl AsRef<str>) -> Self {
        let constraint = constraint.as_ref();
        Self::parameter(format!("Value at '{member}' failed to satisfy constraint: Member must {constraint}"))
    }

    /// The members contradict each other, or name something that is not allowed.
    pub(crate) fn parameter(message: impl Into<String>) -> Self {
        Self::modelled("InvalidParameterException", message)
    }

    pub(crate) fn no_entity(what: &str, text: &str) -> Self {
        Self::modelled("EntityNotFoundException", format!("{what} {text} does not exist"))
    }

    pub(crate) fn no_role(id: &str) -> Self {
        Self::modelled("ResourceNotFoundException", format!("Impersonation role {id} does not exist"))
    }

    pub(crate) fn state(message: impl Into<String>) -> Self {
        Self::modelled("EntityStateException", message)
    }

    pub(crate) fn body(&self) -> Value {
        match &self.message {
            Some(message) => json!({"__type": self.code, self.key: message}),
            None => json!({"__type": self.code}),
        }
    }
}

/// A failure of the file, not of the caller.
impl From<StoreError> for ServiceError {
    fn from(error: StoreError) -> Self {
        Self::common(500, "InternalFailure", error.to_string())
    }
}
