"""The properties of activities (notes, tasks, calls, e-mails, meetings...), as lines (`property_words` describes the form).

Facts: research/hubspot.md section 1.11.
"""

from __future__ import annotations

# What every activity has; previews are made by the vendor.
SHARED = """
hs_timestamp|Activity date|datetime
hs_attachment_ids|Attached file IDs|enumeration/checkbox|X
hs_activity_type|Activity type|enumeration|X
hs_body_preview|Body preview|string|rF
hs_body_preview_html|HTML Body Preview|string|rF
hs_body_preview_is_truncated|Body Preview Truncated|bool|rF
hs_engagement_source|Source|string|rhF
hs_engagement_source_id|Source ID|string|rhF
hs_follow_up_action|Follow up action|string|hF
hs_queue_membership_ids|Queue Memberships|enumeration/checkbox|FX
"""

# What a kind of activity has beside that; the first name is where its text stands (`BODY_OF`).
OWN = {
    "notes": """
hs_note_body|Note body|string/html
""",
    "tasks": """
hs_task_body|Task notes|string/html
hs_task_subject|Task title|string
hs_task_status|Task status|enumeration||NOT_STARTED:Not started, IN_PROGRESS:In progress, WAITING:Waiting, COMPLETED:Completed, DEFERRED:Deferred
hs_task_priority|Priority|enumeration||NONE:None, LOW:Low, MEDIUM:Medium, HIGH:High
hs_task_type|Task type|enumeration||TODO:To-do, CALL:Call, EMAIL:Email, LINKED_IN:LinkedIn, LINKED_IN_CONNECT:LinkedIn connect, LINKED_IN_MESSAGE:LinkedIn message, MEETING:Meeting
hs_task_reminders|Reminders|string
hs_task_completion_date|Completed at|datetime|rF
hs_task_is_completed|Is completed|number|rF
hs_task_is_past_due_date|Is past due date|bool|rF
""",
    "calls": """
hs_call_body|Call notes|string/html
hs_call_title|Call title|string
hs_call_duration|Call duration|number
hs_call_direction|Call direction|enumeration||INBOUND:Inbound, OUTBOUND:Outbound
hs_call_status|Call status|enumeration||BUSY:Busy, CALLING_CRM_USER:Calling CRM User, CANCELED:Canceled, COMPLETED:Completed, CONNECTING:Connecting, FAILED:Failed, IN_PROGRESS:In Progress, NO_ANSWER:No Answer, QUEUED:Queued, RINGING:Ringing
hs_call_disposition|Call outcome|enumeration|X
hs_call_from_number|From number|string
hs_call_to_number|To Number|string
hs_call_recording_url|Recording URL|string
hs_call_callee_object_id|Callee object id|number
hs_call_callee_object_type|Callee object type|enumeration|X
hs_call_source|Call source|enumeration|X
hs_call_app_id|Call app ID|number
hs_call_external_id|External ID|string
""",
    "emails": """
hs_email_text|Text body|string/textarea
hs_email_html|Email body|string/html
hs_email_subject|Email subject|string
hs_email_direction|Email direction|enumeration||EMAIL:Outgoing Email, INCOMING_EMAIL:Incoming Email, FORWARDED_EMAIL:Forwarded email, DRAFT_EMAIL:Draft email
hs_email_status|Email send status|enumeration||BOUNCED:Bounced, FAILED:Failed, SCHEDULED:Scheduled, SENDING:Sending, SENT:Sent
hs_email_headers|Email headers|string/textarea
hs_email_from_email|Email From Address|string|rF
hs_email_from_firstname|Email From First Name|string|rF
hs_email_from_lastname|Email From Last Name|string|rF
hs_email_to_email|Email To Address|string|rF
hs_email_to_firstname|Email To First Name|string|rF
hs_email_to_lastname|Email To Last Name|string|rF
hs_email_cc_email|Email Cc Address|string|rF
hs_email_bcc_email|Email Bcc Address|string|rF
hs_email_message_id|Email Message Id|string
hs_email_thread_id|Email Thread Id|string
hs_email_tracker_key|Email tracker key|string
""",
    "meetings": """
hs_meeting_body|Meeting description|string/html
hs_meeting_title|Meeting name|string
hs_internal_meeting_notes|Internal meeting notes|string/html
hs_meeting_start_time|Start time|datetime
hs_meeting_end_time|End time|datetime
hs_meeting_outcome|Meeting outcome|enumeration||SCHEDULED:Scheduled, COMPLETED:Completed, RESCHEDULED:Rescheduled, NO_SHOW:No Show, CANCELED:Canceled
hs_meeting_location|Location|string
hs_meeting_location_type|Location type|enumeration||PHONE:Phone, ADDRESS:Address, CUSTOM:Custom
hs_meeting_external_url|External Url|string
hs_meeting_source|Meeting source|enumeration|X
hs_i_cal_uid|iCal UID|string
""",
    "communications": """
hs_communication_body|Communication body|string/html
hs_communication_channel_type|Channel type|enumeration||WHATS_APP:WhatsApp, LINKEDIN_MESSAGE:LinkedIn message, SMS:SMS
hs_communication_logged_from|Communication logged from|enumeration||CRM:CRM
""",
    "postal_mail": """
hs_postal_mail_body|Postal mail body|string/html
""",
}

BODY_OF = {kind: text.split("|", 1)[0].strip() for kind, text in OWN.items()}
