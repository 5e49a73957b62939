"""The properties that contacts have from the start, in the blocks that `property_words` describes.

A fresh portal has about 400 (research/hubspot.md 3.17). Names, types and groups are those of portals whose own property
lists are public; properties that need a paid add-on (journeys, sequences agents) are left out.
"""

from __future__ import annotations

from .property_words import (
    BOUNCES,
    LEAD_STATUS,
    LEGAL_BASIS,
    LIFECYCLE,
    LIFECYCLE_LABELS,
    ROLES,
    SENIORITIES,
    SOURCES,
    Block,
)

_PERSON = f"""
email|Email|string
firstname|First Name|string
lastname|Last Name|string
lastmodifieddate|Last Modified Date|datetime|rF
salutation|Salutation|string
phone|Phone Number|string/phonenumber
mobilephone|Mobile Phone Number|string/phonenumber
hs_whatsapp_phone_number|WhatsApp Phone Number|string/phonenumber
fax|Fax Number|string/phonenumber
work_email|Work email|string
address|Street Address|string
city|City|string
state|State/Region|string
zip|Postal Code|string
country|Country/Region|string
hs_country_region_code|Country/Region Code|string
hs_state_code|State/Region Code|string
hs_timezone|Time Zone|enumeration|X
hs_language|Preferred language|enumeration||en:English, pl:Polish, cs:Czech, de:German, pt-br:Portuguese - Brazil, pt:Portuguese, fr:French, es:Spanish, it:Italian, nl:Dutch, sk:Slovak, uk:Ukrainian
date_of_birth|Date of birth|string
gender|Gender|string
marital_status|Marital Status|string
relationship_status|Relationship Status|string
military_status|Military status|string
degree|Degree|string
field_of_study|Field of study|string
school|School|string
graduation_date|Graduation date|string
start_date|Start date|string
jobtitle|Job Title|string
job_function|Job function|string
seniority|Seniority|string
hs_role|Employment Role|enumeration||{ROLES}
hs_sub_role|Employment Sub Role|enumeration|X
hs_seniority|Employment Seniority|enumeration||{SENIORITIES}
company|Company Name|string
company_size|Company size|string
website|Website URL|string
industry|Industry|string
annualrevenue|Annual Revenue|string
numemployees|Number of Employees|enumeration||1-5, 5-25, 25-50, 50-100, 100-500, 500-1000, 1000+
message|Message|string/textarea
lifecyclestage|Lifecycle Stage|enumeration/radio||{LIFECYCLE}
hs_persona|Persona|enumeration
hs_buying_role|Buying Role|enumeration/checkbox||BLOCKER:Blocker, BUDGET_HOLDER:Budget Holder, CHAMPION:Champion, DECISION_MAKER:Decision Maker, END_USER:End User, EXECUTIVE_SPONSOR:Executive Sponsor, INFLUENCER:Influencer, LEGAL_AND_COMPLIANCE:Legal & Compliance, OTHER:Other
hs_legal_basis|Legal basis for processing contact's data|enumeration/checkbox||{LEGAL_BASIS}
closedate|Close Date|datetime|F
associatedcompanyid|Primary Associated Company ID|number|FC
hs_content_membership_notes|Membership Notes|string/textarea
hs_content_membership_status|Status|enumeration||active:Active, inactive:Inactive
hs_pinned_engagement_id|Pinned engagement ID|number|F
owneremail|HubSpot Owner Email (legacy)|string|F
ownername|HubSpot Owner Name (legacy)|string|F
"""

_SYSTEM = """
associatedcompanylastupdated|Associated Company Last Updated|number|h
days_to_close|Days To Close|number
first_deal_created_date|First Deal Created Date|datetime
hs_additional_emails|Additional email addresses|enumeration/checkbox|X
hs_all_accessible_team_ids|All teams|enumeration/checkbox|hX
hs_all_assigned_business_unit_ids|Brands|enumeration/checkbox|hX
hs_all_contact_vids|All vids for a contact|enumeration/checkbox|hX
hs_all_team_ids|All team IDs|enumeration/checkbox|hX
hs_associated_target_accounts|Associated Target Accounts|number
hs_avatar_filemanager_key|Avatar FileManager key|string
hs_calculated_form_submissions|The 800 most recent form submissions for a contact|enumeration/checkbox|hX
hs_calculated_merged_vids|Merged vids with timestamps of a contact|enumeration/checkbox|hX
hs_calculated_mobile_number|Calculated Mobile Number in International Format|string
hs_calculated_phone_number|Calculated Phone Number in International Format|string
hs_calculated_phone_number_area_code|Calculated Phone Number Area Code|string
hs_calculated_phone_number_country_code|Calculated Phone Number Country Code|string
hs_calculated_phone_number_region_code|Calculated Phone Number Region|string
hs_contact_creation_legal_basis_source_instance_id|Contact creation legal basis source instance ID|string|h
hs_contact_enrichment_opt_out|Enrichment opt out|bool
hs_contact_enrichment_opt_out_timestamp|Enrichment opt out timestamp|datetime
hs_content_membership_email|Member email|string
hs_content_membership_email_confirmed|Email Confirmed|bool
hs_content_membership_follow_up_enqueued_at|Time enrolled in registration follow up emails|datetime
hs_content_membership_registered_at|Registered At|datetime
hs_content_membership_registration_domain_sent_to|Domain to which registration email was sent|string
hs_content_membership_registration_email_sent_at|Time registration email was sent|datetime
hs_conversations_visitor_email|Conversations visitor email|string
hs_count_is_unworked|Count of unengaged contacts|number/calculation_equation|c
hs_count_is_worked|Count of engaged contacts|number/calculation_equation|c
hs_created_by_conversations|Created By Conversations|bool
hs_createdate|Object create date/time|datetime
hs_current_customer|Current Customer|enumeration|X
hs_data_privacy_ads_consent|Ads Consent from Forms|bool
hs_document_last_revisited|Recent Document Revisit Date|datetime
hs_email_domain|Email Domain|string
hs_feedback_last_csat_survey_date|Last CSAT survey date|datetime
hs_feedback_last_csat_survey_follow_up|Last CSAT survey comment|string
hs_feedback_last_csat_survey_rating|Last CSAT survey rating|number
hs_feedback_last_nps_follow_up|Last NPS survey comment|string
hs_feedback_last_nps_rating|Last NPS survey rating|enumeration|X
hs_feedback_last_nps_rating_number|Latest NPS survey rating|number
hs_feedback_last_survey_date|Last NPS survey date|datetime
hs_feedback_show_nps_web_survey|Should be shown an NPS web survey|bool
hs_first_engagement_object_id|ID of first engagement|number
hs_first_outreach_date|First outreach date|datetime
hs_first_subscription_create_date|First subscription create date|datetime
hs_full_name_or_email|Full name or email|string
hs_gps_error|GPS Error|string
hs_gps_latitude|Latitudes|string
hs_gps_longitude|Longitudes|string
hs_has_active_subscription|Contact has an active subscription|number
hs_inferred_language_codes|Inferred Language Codes|enumeration/checkbox|X
hs_is_contact|Is a contact|bool|h
hs_is_enriched|Has been enriched|bool
hs_is_unworked|Contact unworked|bool/calculation_equation|c
hs_last_sales_activity_date|last sales activity date old|datetime|h
hs_last_sales_activity_timestamp|Last Engagement Date|datetime
hs_last_sales_activity_type|Last Engagement Type|enumeration|X
hs_lastmodifieddate|Object last modified date/time|datetime|h
hs_latest_disqualified_lead_date|Latest Disqualified Lead Date|datetime
hs_latest_meeting_activity|Latest meeting activity|datetime
hs_latest_open_lead_date|Latest Open Lead Date|datetime
hs_latest_qualified_lead_date|Latest Qualified Lead Date|datetime
hs_latest_sequence_ended_date|Last sequence ended date|datetime
hs_latest_sequence_enrolled|Last sequence enrolled|number
hs_latest_sequence_enrolled_date|Last sequence enrolled date|datetime
hs_latest_sequence_finished_date|Last sequence finished date|datetime
hs_latest_sequence_unenrolled_date|Last sequence unenrolled date|datetime
hs_latest_subscription_create_date|Latest subscription create date|datetime
hs_latitude|Latitude|number
hs_longitude|Longitude|number
hs_manual_campaign_ids|Manual campaign ids|number|h
hs_marketable_reason_id|Marketing contact status source name|string
hs_marketable_reason_type|Marketing contact status source type|enumeration|X
hs_marketable_status|Marketing contact status|enumeration/booleancheckbox||true:Marketing contact, false:Non-marketing contact
hs_marketable_until_renewal|Marketing contact until next update|enumeration/booleancheckbox||true:Yes, false:No
hs_membership_last_private_content_access_date|Membership last private content access date|datetime
hs_notes_last_activity|Last Activity|object_coordinates|h
hs_notes_next_activity|Next Activity|object_coordinates|h
hs_notes_next_activity_type|Next Activity Type|enumeration|X
hs_object_source_detail_1|Record source detail 1|string
hs_object_source_detail_2|Record source detail 2|string
hs_object_source_detail_3|Record source detail 3|string
hs_owning_teams|Owning Teams|enumeration/checkbox|X
hs_predictivecontactscore|Predictive Lead Score|number|h
hs_predictivecontactscore_v2|Likelihood to close|number
hs_predictivecontactscorebucket|Lead Rating|enumeration|X
hs_predictivescoringtier|Contact priority|enumeration|X
hs_registration_method|Registration Method|string
hs_sa_first_engagement_date|Date of first engagement|datetime
hs_sa_first_engagement_descr|Description of first engagement|enumeration|X
hs_sa_first_engagement_object_type|Type of first engagement|enumeration|X
hs_sales_email_last_clicked|Recent Sales Email Clicked Date|datetime
hs_sales_email_last_opened|Recent Sales Email Opened Date|datetime
hs_sales_email_last_replied|Recent Sales Email Replied Date|datetime
hs_searchable_calculated_international_mobile_number|Calculated Mobile Number with country code|phone_number
hs_searchable_calculated_international_phone_number|Calculated Phone Number with country code|phone_number
hs_searchable_calculated_mobile_number|Calculated Mobile Number without country code|phone_number
hs_searchable_calculated_phone_number|Calculated Phone Number without country code|phone_number
hs_sequences_actively_enrolled_count|Number of sequences actively enrolled|number
hs_sequences_enrolled_count|Number of sequences enrolled|number
hs_sequences_is_enrolled|Currently in Sequence|bool
hs_source_object_id|Source Object ID|number|h
hs_source_portal_id|Source Portal ID|number|h
hs_time_between_contact_creation_and_deal_close|Time between contact creation and deal close|number
hs_time_between_contact_creation_and_deal_creation|Time between contact creation and deal creation|number
hs_time_to_first_engagement|Lead response time|number
hubspotscore|HubSpot Score|number
num_associated_deals|Number of Associated Deals|number
recent_deal_amount|Recent Deal Amount|number
recent_deal_close_date|Recent Deal Close Date|datetime
surveymonkeyeventlastupdated|SurveyMonkey Event Last Updated|number|h
total_revenue|Total Revenue|number
webinareventlastupdated|Webinar Event Last Updated|number|h
"""

_ANALYTICS = f"""
hs_analytics_average_page_views|Average Pageviews|number
hs_analytics_first_referrer|First Referring Site|string
hs_analytics_first_timestamp|Time First Seen|datetime
hs_analytics_first_touch_converting_campaign|First Touch Converting Campaign|string
hs_analytics_first_url|First Page Seen|string
hs_analytics_first_visit_timestamp|Time of First Session|datetime
hs_analytics_last_referrer|Last Referring Site|string
hs_analytics_last_timestamp|Time Last Seen|datetime
hs_analytics_last_touch_converting_campaign|Last Touch Converting Campaign|string
hs_analytics_last_url|Last Page Seen|string
hs_analytics_last_visit_timestamp|Time of Last Session|datetime
hs_analytics_num_event_completions|Number of event completions|number
hs_analytics_num_page_views|Number of Pageviews|number
hs_analytics_num_visits|Number of Sessions|number
hs_analytics_revenue|Event Revenue|number
hs_analytics_source|Original Source|enumeration||{SOURCES}
hs_analytics_source_data_1|Original Source Drill-Down 1|string
hs_analytics_source_data_2|Original Source Drill-Down 2|string
hs_latest_source|Latest Source|enumeration||{SOURCES}
hs_latest_source_data_1|Latest Source Drill-Down 1|string
hs_latest_source_data_2|Latest Source Drill-Down 2|string
hs_latest_source_timestamp|Latest Source Date|datetime
"""

_CONVERSION = """
first_conversion_date|First Conversion Date|datetime
first_conversion_event_name|First Conversion|string
recent_conversion_date|Recent Conversion Date|datetime
recent_conversion_event_name|Recent Conversion|string
num_conversion_events|Number of Form Submissions|number
num_unique_conversion_events|Number of Unique Forms Submitted|number
hs_clicked_linkedin_ad|Clicked on a LinkedIn Ad|enumeration|X
hs_facebook_ad_clicked|Clicked Facebook ad|bool
hs_facebook_click_id|Facebook click id|string
hs_google_click_id|Google ad click id|string
hs_linkedin_ad_clicked|Clicked LinkedIn Ad|enumeration|X
hs_ip_timezone|IP Timezone|string
ip_city|IP City|string
ip_country|IP Country|string
ip_country_code|IP Country Code|string
ip_latlon|IP Latitude & Longitude|string
ip_state|IP State/Region|string
ip_state_code|IP State Code/Region Code|string
ip_zipcode|IP Zipcode|string
"""

_EMAIL = f"""
currentlyinworkflow|Currently in workflow (discontinued)|enumeration/booleancheckbox||true:Yes, false:No
hs_email_bad_address|Invalid email address|bool
hs_email_bounce|Marketing emails bounced|number
hs_email_click|Marketing emails clicked|number
hs_email_customer_quarantined_reason|Email address quarantine reason|enumeration|X
hs_email_delivered|Marketing emails delivered|number
hs_email_first_click_date|First marketing email click date|datetime
hs_email_first_open_date|First marketing email open date|datetime
hs_email_first_reply_date|First marketing email reply date|datetime
hs_email_first_send_date|First marketing email send date|datetime
hs_email_hard_bounce_reason|Email hard bounce reason|string
hs_email_hard_bounce_reason_enum|Email hard bounce reason|enumeration||{BOUNCES}
hs_email_is_ineligible|Is globally ineligible|bool
hs_email_last_click_date|Last marketing email click date|datetime
hs_email_last_email_name|Last marketing email name|string
hs_email_last_open_date|Last marketing email open date|datetime
hs_email_last_reply_date|Last marketing email reply date|datetime
hs_email_last_send_date|Last marketing email send date|datetime
hs_email_open|Marketing emails opened|number
hs_email_optout|Unsubscribed from all email|bool
hs_email_quarantined|Email Address Quarantined|bool
hs_email_quarantined_reason|Email address automated quarantine reason|enumeration|X
hs_email_recipient_fatigue_recovery_time|Email Address Recipient Fatigue Next Available Sending Time|datetime
hs_email_replied|Marketing emails replied|number
hs_email_sends_since_last_engagement|Sends Since Last Engagement|number
hs_emailconfirmationstatus|Marketing email confirmation status|enumeration|X
hs_quarantined_emails|Quarantined Emails|string
"""

_MEETINGS = """
engagements_last_meeting_booked|Date of last meeting booked in meetings tool|datetime
engagements_last_meeting_booked_campaign|Campaign of last booking in meetings tool|string
engagements_last_meeting_booked_medium|Medium of last booking in meetings tool|string
engagements_last_meeting_booked_source|Source of last booking in meetings tool|string
"""

_SOCIAL = """
twitterhandle|Twitter Username|string
hs_linkedin_url|LinkedIn URL|string
hs_facebookid|Facebook ID|string
hs_googleplusid|googleplus ID|string
hs_linkedinid|Linkedin ID|string
hs_twitterid|Twitter ID|string
followercount|Follower Count|number
kloutscoregeneral|Klout Score|number
linkedinbio|LinkedIn Bio|string
linkedinconnections|LinkedIn Connections|number
photo|Photo|string
twitterbio|Twitter Bio|string
twitterprofilephoto|Twitter Profile Photo|string
"""

_SOCIAL_COUNTS = """
hs_social_facebook_clicks|Facebook Clicks|number
hs_social_google_plus_clicks|Google Plus Clicks|number
hs_social_last_engagement|Most Recent Social Click|datetime
hs_social_linkedin_clicks|LinkedIn Clicks|number
hs_social_num_broadcast_clicks|Broadcast Clicks|number
hs_social_twitter_clicks|Twitter Clicks|number
"""

_STAGE_DATES = "".join(
    f"hs_lifecyclestage_{stage}_date|Became a {label} Date|datetime\n"
    f'hs_v2_date_entered_{stage}|Date entered "{label} (Lifecycle Stage Pipeline)"|datetime\n'
    f'hs_v2_date_exited_{stage}|Date exited "{label} (Lifecycle Stage Pipeline)"|datetime\n'
    f'hs_v2_latest_time_in_{stage}|Latest time in "{label} (Lifecycle Stage Pipeline)"|number\n'
    f'hs_v2_cumulative_time_in_{stage}|Cumulative time in "{label} (Lifecycle Stage Pipeline)"|number\n'
    for stage, label in LIFECYCLE_LABELS.items()
) + "".join(
    f"hs_time_to_move_from_{stage}_to_customer|Time to move from {label.lower()} to customer|number\n"
    for stage, label in LIFECYCLE_LABELS.items()
    if stage in ("subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity")
) + "hs_v2_date_entered_current_stage|Date entered current stage|datetime\n"

CONTACT: tuple[Block, ...] = (
    ("contactinformation", "", _PERSON),
    ("contactinformation", "rF", _SYSTEM),
    ("contactinformation", "F", "hs_pipeline|Pipeline|enumeration|hX"),
    ("sales_properties", "", f"hs_lead_status|Lead Status|enumeration/radio||{LEAD_STATUS}"),
    ("analyticsinformation", "rF", _ANALYTICS),
    ("conversioninformation", "rF", _CONVERSION),
    ("emailinformation", "rF", _EMAIL),
    ("meeting_info", "rF", _MEETINGS),
    ("order_information", "rF", """
hs_first_closed_order_id|First Closed Order ID|number
hs_first_order_closed_date|First Order Closed Date|datetime
hs_recent_closed_order_date|Recent Closed Order Date|datetime
"""),
    ("smsinformation", "rF", """
hs_last_sms_send_date|Last Sms Send Date|datetime
hs_last_sms_send_name|Last SMS Send Name|string
"""),
    ("socialmediainformation", "", _SOCIAL),
    ("socialmediainformation", "rF", _SOCIAL_COUNTS),
    ("contactlcs", "rF", _STAGE_DATES),
)

GROUPS = {
    "contactinformation": "Contact information", "emailinformation": "Email information",
    "analyticsinformation": "Web analytics history", "conversioninformation": "Conversion information",
    "socialmediainformation": "Social media information", "sales_properties": "Sales properties",
    "contactlcs": "Contact lifecycle stage properties", "meeting_info": "Meeting information",
    "order_information": "Order information", "smsinformation": "SMS information",
}
