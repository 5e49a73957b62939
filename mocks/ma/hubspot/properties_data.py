"""The properties that each object type has from the start, as blocks of lines (`property_words` describes the form).

`catalogue` turns them into definitions. Those of contacts stand in `properties_contact`, those of activities in
`properties_activity`. Facts: research/hubspot.md sections 1.2, 1.7, 1.11, 3.3-3.5, 3.17; rule 17.
"""

from __future__ import annotations

from . import properties_activity, properties_contact
from .property_words import CURRENCIES, INDUSTRIES, LEAD_STATUS, LIFECYCLE, LIFECYCLE_LABELS, Block

# Every object type has these.
_EVERYWHERE = """
hs_lastmodifieddate|Last Modified Date|datetime|rF
hs_object_id|Record ID|number|rF
hs_object_source|Record creation source|string|rhF
hs_object_source_id|Record creation source ID|string|rhF
hs_object_source_label|Record source|string|rF
hs_object_source_user_id|Record creation source user ID|number|rhF
hs_merged_object_ids|Merged Record IDs|enumeration/checkbox|rhFX
hs_created_by_user_id|Created by user ID|number|rF
hs_updated_by_user_id|Updated by user ID|number|rF
hs_read_only|Read only object|bool|rhF
hs_unique_creation_key|Unique creation key|string|rhF
hs_was_imported|Performed in an import|bool|rhF
hs_shared_team_ids|Shared teams|enumeration/checkbox|rhFX
hs_shared_user_ids|Shared users|enumeration/checkbox|rhFX
hs_user_ids_of_all_notification_followers|User IDs of all notification followers|enumeration/checkbox|rhFX
hs_user_ids_of_all_notification_unfollowers|User IDs of all notification unfollowers|enumeration/checkbox|rhFX
hs_user_ids_of_all_owners|User IDs of all owners|enumeration/checkbox|rhFX
hubspot_owner_id|Owner|enumeration|FO
hubspot_owner_assigneddate|Owner Assigned Date|datetime|rF
hubspot_team_id|HubSpot Team|enumeration|rFX
hs_all_owner_ids|All Owner IDs|enumeration/checkbox|rhFX
"""
_CREATED = "createdate|Create Date|datetime|rF\n"
_HS_CREATED = "hs_createdate|Object create date/time|datetime|rF\n"
_ACTIVITY_DATES = """
notes_last_contacted|Last Contacted|datetime|rF
notes_last_updated|Last Activity Date|datetime|rF
notes_next_activity_date|Next Activity Date|datetime|rF
num_contacted_notes|Number of times contacted|number|rF
num_notes|Number of Sales Activities|number|rF
"""

_COMPANY = f"""
name|Company name|string
domain|Company Domain Name|string
hs_additional_domains|Additional Domains|enumeration/checkbox|rFX
website|Website URL|string
phone|Phone Number|string/phonenumber
address|Street Address|string
address2|Street Address 2|string
city|City|string
state|State/Region|string
zip|Postal Code|string
country|Country/Region|string
hs_country_code|Country Code|string
timezone|Time Zone|string
industry|Industry|enumeration||{INDUSTRIES}
type|Type|enumeration||PROSPECT:Prospect, PARTNER:Partner, RESELLER:Reseller, VENDOR:Vendor, OTHER:Other
description|Description|string/textarea
about_us|About Us|string/textarea
founded_year|Year Founded|string
numberofemployees|Number of Employees|number
annualrevenue|Annual Revenue|number
is_public|Is Public|bool
web_technologies|Web Technologies|enumeration/checkbox|X
total_money_raised|Total Money Raised|string
hs_ideal_customer_profile|Ideal Customer Profile Tier|enumeration||tier_1:Tier 1, tier_2:Tier 2, tier_3:Tier 3
hs_is_target_account|Target Account|bool
lifecyclestage|Lifecycle Stage|enumeration/radio||{LIFECYCLE}
hs_lead_status|Lead Status|enumeration/radio||{LEAD_STATUS}
hs_parent_company_id|Parent Company|number|rFC
hs_num_child_companies|Number of child companies|number|rF
num_associated_contacts|Number of Associated Contacts|number|rF
num_associated_deals|Number of Associated Deals|number|rF
hs_num_open_deals|Number of open deals|number|rF
closedate|Close Date|datetime|F
days_to_close|Days to Close|number|rF
first_contact_createdate|First Contact Create Date|datetime|rF
first_deal_created_date|First Deal Created Date|datetime|rF
recent_deal_amount|Recent Deal Amount|number|rF
recent_deal_close_date|Recent Deal Close Date|datetime|rF
total_revenue|Total Revenue|number|rF
hs_total_deal_value|Total open deal value|number|rF
hs_analytics_source|Original Source Type|enumeration|rFX
hs_analytics_source_data_1|Original Source Data 1|string|rF
hs_analytics_source_data_2|Original Source Data 2|string|rF
hs_analytics_first_timestamp|Time First Seen|datetime|rF
hs_analytics_last_timestamp|Time Last Seen|datetime|rF
hs_analytics_num_page_views|Number of Pageviews|number|rF
hs_analytics_num_visits|Number of Sessions|number|rF
"""
_COMPANY_SOCIAL = """
linkedin_company_page|LinkedIn Company Page|string
linkedinbio|LinkedIn Bio|string
twitterhandle|Twitter Handle|string
twitterbio|Twitter Bio|string
twitterfollowers|Twitter Followers|number
facebook_company_page|Facebook Company Page|string
facebookfans|Facebook Fans|number
googleplus_page|Google Plus Page|string
"""
_COMPANY_STAGES = "".join(
    f"hs_lifecyclestage_{stage}_date|Became a {label} Date|datetime\n"
    f'hs_v2_date_entered_{stage}|Date entered "{label} (Lifecycle Stage Pipeline)"|datetime\n'
    f'hs_v2_date_exited_{stage}|Date exited "{label} (Lifecycle Stage Pipeline)"|datetime\n'
    for stage, label in LIFECYCLE_LABELS.items()
) + "hs_v2_date_entered_current_stage|Date entered current stage|datetime\n"

_DEAL = f"""
dealname|Deal Name|string
amount|Amount|number
amount_in_home_currency|Amount in company currency|number/calculation_equation|rcF
closedate|Close Date|datetime
dealstage|Deal Stage|enumeration/radio|X
pipeline|Pipeline|enumeration|X
dealtype|Deal Type|enumeration/radio||newbusiness:New Business, existingbusiness:Existing Business
description|Deal Description|string/textarea
hs_priority|Priority|enumeration||low:Low, medium:Medium, high:High
hs_next_step|Next step|string
deal_currency_code|Currency|enumeration||{CURRENCIES}
closed_lost_reason|Closed Lost Reason|string/textarea
closed_won_reason|Closed Won Reason|string/textarea
hs_forecast_amount|Forecast Amount|number|F
hs_manual_forecast_category|Forecast category|enumeration|X
hs_forecast_probability|Forecast probability|number|F
hs_acv|Annual contract value|number
hs_arr|Annual recurring revenue|number
hs_mrr|Monthly recurring revenue|number
hs_tcv|Total contract value|number
hs_deal_stage_probability|Deal probability|number|rF
hs_projected_amount|Weighted amount|number/calculation_equation|rcF
hs_is_closed|Is Deal Closed?|bool|rF
hs_is_closed_won|Is Closed Won|bool|rF
hs_is_closed_lost|Is closed lost|bool|rF
hs_closed_amount|Closed Deal Amount|number/calculation_equation|rcF
hs_v2_date_entered_current_stage|Date entered current stage|datetime|rF
num_associated_contacts|Number of Associated Contacts|number|rF
hs_num_of_associated_line_items|Number of Associated Line Items|number|rF
days_to_close|Days to Close|number/calculation_equation|rcF
hs_analytics_source|Original Source Type|enumeration|rFX
hs_campaign|HubSpot Campaign|string|rF
"""
_DEAL_STAGES = "".join(
    f'hs_{version}date_{verb}_{stage}|Date {verb} "{label} (Sales Pipeline)"|datetime\n'
    for stage, label in (
        ("appointmentscheduled", "Appointment Scheduled"), ("qualifiedtobuy", "Qualified To Buy"),
        ("presentationscheduled", "Presentation Scheduled"), ("decisionmakerboughtin", "Decision Maker Bought-In"),
        ("contractsent", "Contract Sent"), ("closedwon", "Closed Won"), ("closedlost", "Closed Lost"),
    )
    for verb in ("entered", "exited") for version in ("", "v2_")
)

_TICKET = """
subject|Ticket name|string
content|Ticket description|string/textarea
hs_pipeline|Pipeline|enumeration|X
hs_pipeline_stage|Ticket status|enumeration|X
hs_ticket_priority|Priority|enumeration||LOW:Low, MEDIUM:Medium, HIGH:High, URGENT:Urgent
hs_ticket_category|Category|enumeration/checkbox||PRODUCT_ISSUE:Product issue, BILLING_ISSUE:Billing issue, FEATURE_REQUEST:Feature request, GENERAL_INQUIRY:General inquiry
source_type|Source|enumeration||CHAT:Chat, EMAIL:Email, FORM:Form, PHONE:Phone
hs_resolution|Resolution|string/textarea
hs_ticket_id|Ticket ID|number|rF
closed_date|Close date|datetime
first_agent_reply_date|First agent email response date|datetime|rF
last_engagement_date|Last CRM activity date|datetime|rF
last_reply_date|Last customer reply date|datetime|rF
hs_is_closed|Is Closed|bool|rF
hs_v2_date_entered_current_stage|Date entered current stage|datetime|rF
time_to_close|Time to close|number|rF
time_to_first_agent_reply|Time to first agent email reply|number|rF
num_associated_companies|Number of Associated Companies|number|rF
hs_num_associated_companies|Number of Associated Companies|number|rF
hs_num_times_contacted|Number of times contacted|number|rF
hs_external_object_ids|External object ids|enumeration/checkbox|FX
""" + "".join(
    f'hs_{version}date_{verb}_{stage}|Date {verb} "{label} (Support Pipeline)"|datetime|rF\n'
    for stage, label in (("1", "New"), ("2", "Waiting on contact"), ("3", "Waiting on us"), ("4", "Closed"))
    for verb in ("entered", "exited") for version in ("", "v2_")
)

_PRODUCT = """
name|Name|string
description|Product description|string/textarea
price|Unit price|number
hs_cost_of_goods_sold|Unit cost|number
hs_sku|SKU|string
hs_product_type|Product Type|enumeration||inventory:Inventory, non_inventory:Non-Inventory, service:Service
hs_product_classification|Product classification|enumeration||standalone:Standalone, variant:Variant
hs_recurring_billing_period|Term|string
hs_recurring_billing_start_date|Billing start date|date
recurringbillingfrequency|Billing frequency|enumeration||weekly, biweekly, monthly, quarterly, per_six_months, annually, per_two_years, per_three_years
hs_folder_id|Folder ID|number|F
hs_images|Image URL|string
hs_url|URL|string
hs_status|Status|enumeration||active:Active, inactive:Inactive
tax|Tax|number
"""
_LINE_ITEM = f"""
name|Name|string
description|Description|string/textarea
hs_product_id|Product ID|number
quantity|Quantity|number
price|Unit price|number
amount|Net price|number/calculation_equation|rcF
discount|Unit discount|number
hs_discount_percentage|Discount percentage|number
hs_line_item_currency_code|Currency|enumeration||{CURRENCIES}
hs_sku|SKU|string
hs_cost_of_goods_sold|Unit cost|number
hs_position_on_quote|Position on quote|number
hs_recurring_billing_period|Term|string
hs_recurring_billing_start_date|Billing start date|date
recurringbillingfrequency|Billing frequency|enumeration||weekly, biweekly, monthly, quarterly, per_six_months, annually, per_two_years, per_three_years
hs_total_discount|Calculated total discount|number/calculation_equation|rcF
hs_pre_discount_amount|Pre discount amount|number/calculation_equation|rcF
tax|Tax|number
"""
_QUOTE = f"""
hs_title|Quote title|string
hs_expiration_date|Expiration date|datetime
hs_status|Quote status|enumeration||DRAFT:Draft, APPROVAL_NOT_NEEDED:Published, PENDING_APPROVAL:Pending approval, APPROVED:Approved and published, REJECTED:Rejected
hs_language|Language|enumeration||en:English, pl:Polish, cs:Czech, de:German, fr:French, es:Spanish, it:Italian
hs_locale|Locale|enumeration|X
hs_currency|Currency|enumeration||{CURRENCIES}
hs_quote_amount|Quote amount|number|rF
hs_quote_number|Quote number|string|rF
hs_public_url_key|Public URL key|string|rF
hs_quote_link|Quote link|string|rF
hs_pdf_download_link|PDF download link|string|rF
hs_comments|Comments to buyer|string/textarea
hs_terms|Purchase terms|string/textarea
hs_sender_company_name|Sender company|string
hs_sender_email|Sender email|string
hs_sender_firstname|Sender first name|string
hs_sender_lastname|Sender last name|string
hs_esign_enabled|E-signature enabled|bool
hs_payment_enabled|Payment enabled|bool
hs_template_type|Template type|enumeration|X
"""
_LEAD = """
hs_lead_name|Lead name|string
hs_lead_type|Lead type|enumeration|X
hs_lead_label|Lead label|enumeration||HOT:Hot, WARM:Warm, COLD:Cold
hs_pipeline|Pipeline|enumeration|X
hs_pipeline_stage|Lead pipeline stage|enumeration|X
hs_lead_disqualification_reason|Disqualification reason|enumeration|X
hs_lead_disqualification_note|Disqualification note|string/textarea
hs_lead_source|Lead source|enumeration|X
hs_lead_is_open|Lead is open|bool|rF
hs_associated_contact_email|Associated contact email|string|rF
hs_associated_contact_firstname|Associated contact first name|string|rF
hs_associated_contact_lastname|Associated contact last name|string|rF
hs_associated_company_name|Associated company name|string|rF
hs_associated_company_domain|Associated company domain|string|rF
hs_v2_date_entered_current_stage|Date entered current stage|datetime|rF
""" + "".join(
    f'hs_v2_date_{verb}_{stage}|Date {verb} "{label} (Lead pipeline)"|datetime|rF\n'
    for stage, label in (
        ("new_stage_id", "New"), ("attempting_stage_id", "Attempting"), ("connected_stage_id", "Connected"),
        ("qualified_stage_id", "Qualified"), ("unqualified_stage_id", "Disqualified"),
    )
    for verb in ("entered", "exited")
)


def _type(group: str, *blocks: tuple[str, str], created: str = _CREATED) -> tuple[Block, ...]:
    return (*((group, flags, text) for flags, text in blocks), (group, "", created + _EVERYWHERE))


BLOCKS: dict[str, tuple[Block, ...]] = {
    "contacts": (*properties_contact.CONTACT, ("contactinformation", "", _CREATED + _EVERYWHERE + _ACTIVITY_DATES)),
    "companies": (
        ("socialmediainformation", "", _COMPANY_SOCIAL), ("companylcs", "rF", _COMPANY_STAGES),
        *_type("companyinformation", ("", _COMPANY), ("", _ACTIVITY_DATES)),
    ),
    "deals": (("deal_stage", "rF", _DEAL_STAGES), *_type("dealinformation", ("", _DEAL), ("", _ACTIVITY_DATES))),
    "tickets": _type("ticketinformation", ("", _TICKET), ("", _ACTIVITY_DATES)),
    "products": _type("productinformation", ("", _PRODUCT)),
    "line_items": _type("lineiteminformation", ("", _LINE_ITEM)),
    "quotes": _type("quoteinformation", ("", _QUOTE), created=_HS_CREATED),
    "leads": _type("leadinformation", ("", _LEAD), created=_HS_CREATED),
    **{kind: _type("engagement", ("", text), ("", properties_activity.SHARED), created=_HS_CREATED)
       for kind, text in properties_activity.OWN.items()},
}

# What a custom object has beside the properties of its schema.
CUSTOM = "hs_pipeline|Pipeline|enumeration|X\nhs_pipeline_stage|Pipeline Stage|enumeration|X\n" + _HS_CREATED + _EVERYWHERE

# name -> label
GROUPS: dict[str, dict[str, str]] = {
    "contacts": properties_contact.GROUPS,
    "companies": {
        "companyinformation": "Company information", "socialmediainformation": "Social media information",
        "companylcs": "Company lifecycle stage properties",
    },
    "deals": {"dealinformation": "Deal information", "deal_stage": "Deal stage properties"},
    "tickets": {"ticketinformation": "Ticket information"},
    "products": {"productinformation": "Product information"},
    "line_items": {"lineiteminformation": "Line item information"},
    "quotes": {"quoteinformation": "Quote information"},
    "leads": {"leadinformation": "Lead information"},
    **{kind: {"engagement": "Activity information"} for kind in properties_activity.OWN},
}
