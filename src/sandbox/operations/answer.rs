//! What an operation answers, in the forms of AWS JSON.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::sandbox::service_error::ServiceError;

/// The body of the response; null stands for an empty one.
pub(super) type Answer = Result<Value, ServiceError>;

/// A time as AWS JSON has it: seconds since 1970, with milliseconds behind the point.
pub(super) fn seconds(time: Timestamp) -> Value {
    let milliseconds = i32::try_from(time.as_millisecond().rem_euclid(1000)).unwrap_or_default();
    let whole = time.as_millisecond().div_euclid(1000);
    json!(format!("{whole}.{milliseconds:03}").parse::<f64>().unwrap_or_default())
}

/// A member without a value is absent, not null.
pub(super) fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(mut members) => {
            members.retain(|_, value| !value.is_null());
            members.values_mut().for_each(|value| *value = without_nulls(value.take()));
            Value::Object(members)
        }
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        value => value,
    }
}
