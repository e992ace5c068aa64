//! Mailboxes that are copied into a bucket. Nothing is copied: a job runs until it is cancelled.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answer::{Answer, seconds};
use super::input::{entity, required};
use super::limits::{
    BUCKET, CLIENT_TOKEN, Form, IAM_ROLE_ARN, JOB_DESCRIPTION, JOB_ID, KMS_KEY_ARN, OBJECT_KEY, check,
    check_some,
};
use super::paging::Listed;
use crate::sandbox::hash::sha256;
use crate::sandbox::lookup::Entity;
use crate::sandbox::model::{ClientToken, EntityState, ExportJob, ExportState, Organization};
use crate::sandbox::service_error::ServiceError;
use crate::system::System;

/// For so long a job is listed (documented).
const LISTED: SignedDuration = SignedDuration::from_hours(7 * 24);

impl Listed for &ExportJob {
    fn key(&self) -> String {
        self.id.clone()
    }

    fn summary(&self) -> Value {
        json!({
            "JobId": self.id,
            "EntityId": self.mailbox,
            "Description": self.description,
            "S3BucketName": self.bucket,
            "S3Path": self.path(),
            "EstimatedProgress": self.progress,
            "State": self.state,
            "StartTime": seconds(self.started),
            "EndTime": self.ended.map(seconds),
        })
    }
}

impl ExportJob {
    fn path(&self) -> String {
        format!("{}/{}.zip", self.prefix, self.id)
    }
}

/// Those of the last seven days, and what still runs.
pub(super) fn list(organization: &Organization, now: Timestamp) -> Vec<&ExportJob> {
    let is_listed =
        |job: &&ExportJob| job.state == ExportState::Running || now.duration_since(job.started) <= LISTED;
    organization.export_jobs.iter().filter(is_listed).collect()
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Start {
    client_token: Option<String>,
    entity_id: Option<String>,
    description: Option<String>,
    role_arn: Option<String>,
    kms_key_arn: Option<String>,
    #[serde(rename = "S3BucketName")]
    bucket: Option<String>,
    #[serde(rename = "S3Prefix")]
    prefix: Option<String>,
}

/// The same token with the same request gives the same job; with another it is refused.
pub(super) fn start(organization: &mut Organization, mut input: Start, system: System) -> Answer {
    let token = required("ClientToken", input.client_token.take())?;
    check("ClientToken", &token, &CLIENT_TOKEN)?;
    let request_sha256 = sha256(serde_json::to_vec(&input).map_err(ServiceError::serialization)?);
    let text = entity("EntityId", input.entity_id)?;
    check_some("Description", input.description.as_ref(), &JOB_DESCRIPTION)?;
    let of_form = |member: &str, value: Option<String>, form: &Form| {
        let text = required(member, value)?;
        check(member, &text, form)?;
        Ok::<_, ServiceError>(text)
    };
    let role_arn = of_form("RoleArn", input.role_arn, &IAM_ROLE_ARN)?;
    let kms_key_arn = of_form("KmsKeyArn", input.kms_key_arn, &KMS_KEY_ARN)?;
    let bucket = of_form("S3BucketName", input.bucket, &BUCKET)?;
    let prefix = of_form("S3Prefix", input.prefix, &OBJECT_KEY)?;
    let with_token = |job: &&ExportJob| job.client_token.as_ref().is_some_and(|kept| kept.token == token);
    if let Some(job) = organization.export_jobs.iter().find(with_token) {
        return match job.client_token.as_ref().is_some_and(|kept| kept.request_sha256 == request_sha256) {
            true => Ok(json!({"JobId": job.id})),
            false => Err(ServiceError::parameter("ClientToken was used with another request")),
        };
    }
    let owner = organization.entity(&text).filter(|found| !matches!(found, Entity::Group(_)));
    let owner = owner.ok_or_else(|| ServiceError::no_entity("Entity", &text))?;
    if owner.state() != EntityState::Enabled {
        return Err(ServiceError::no_entity("Mailbox of", &text));
    }
    let job = ExportJob {
        id: system.new_uuid().to_string(),
        mailbox: owner.id().to_owned(),
        description: input.description,
        role_arn,
        kms_key_arn,
        bucket,
        prefix,
        progress: 0,
        state: ExportState::Running,
        started: system.now(),
        ended: None,
        client_token: Some(ClientToken { token, request_sha256 }),
    };
    let answer = json!({"JobId": job.id});
    organization.export_jobs.push(job);
    Ok(answer)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OneJob {
    client_token: Option<String>,
    job_id: Option<String>,
}

/// The id of a job, and its place.
fn find(organization: &Organization, job_id: Option<String>) -> Result<usize, ServiceError> {
    let id = required("JobId", job_id)?;
    check("JobId", &id, &JOB_ID)?;
    let at = organization.export_jobs.iter().position(|job| job.id == id);
    at.ok_or_else(|| ServiceError::no_entity("Mailbox export job", &id))
}

/// Cancelling a job that has ended succeeds, and changes nothing.
pub(super) fn cancel(organization: &mut Organization, input: OneJob, system: System) -> Answer {
    let token = required("ClientToken", input.client_token)?;
    check("ClientToken", &token, &CLIENT_TOKEN)?;
    let at = find(organization, input.job_id)?;
    let job = &mut organization.export_jobs[at];
    if job.state == ExportState::Running {
        job.state = ExportState::Cancelled;
        job.ended = Some(system.now());
    }
    Ok(Value::Null)
}

pub(super) fn describe(organization: &Organization, input: OneJob) -> Answer {
    let job = &organization.export_jobs[find(organization, input.job_id)?];
    Ok(json!({
        "EntityId": job.mailbox,
        "Description": job.description,
        "RoleArn": job.role_arn,
        "KmsKeyArn": job.kms_key_arn,
        "S3BucketName": job.bucket,
        "S3Prefix": job.prefix,
        "S3Path": job.path(),
        "EstimatedProgress": job.progress,
        "State": job.state,
        "StartTime": seconds(job.started),
        "EndTime": job.ended.map(seconds),
    }))
}
