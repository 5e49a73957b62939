"""The properties that a portal has from the start, one line each; `catalogue` turns them into definitions.

Line: `name | label | type/fieldType | group | flags | options`. Flags: `r` read-only, `c` calculated, `u` unique value,
`h` hidden, `F` not offered in forms, `O` refers to owners, `C` refers to companies, `X` options live elsewhere.
An option is `value:label` or a word that is both. Facts: research/hubspot.md sections 1.7, 3.4, 3.5, 3.7, 3.17; rule 17.
A real portal has about 400 contact properties; those that a synchronisation meets are here.
"""

from __future__ import annotations

LIFECYCLE_STAGES = (
    "subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer", "evangelist", "other",
)

_LIFECYCLE = (
    "subscriber:Subscriber, lead:Lead, marketingqualifiedlead:Marketing Qualified Lead, "
    "salesqualifiedlead:Sales Qualified Lead, opportunity:Opportunity, customer:Customer, evangelist:Evangelist, other:Other"
)
_LEGAL_BASIS = (
    "Legitimate interest – prospect/lead, Legitimate interest – existing customer, Legitimate interest - other, "
    "Performance of a contract, Freely given consent from contact, Not applicable"
)
_LEAD_STATUS = (
    "NEW:New, OPEN:Open, IN_PROGRESS:In Progress, OPEN_DEAL:Open Deal, UNQUALIFIED:Unqualified, "
    "ATTEMPTED_TO_CONTACT:Attempted to Contact, CONNECTED:Connected, BAD_TIMING:Bad Timing"
)
_SOURCES = (
    "ORGANIC_SEARCH:Organic Search, PAID_SEARCH:Paid Search, EMAIL_MARKETING:Email Marketing, SOCIAL_MEDIA:Organic Social, "
    "REFERRALS:Referrals, OTHER_CAMPAIGNS:Other Campaigns, DIRECT_TRAFFIC:Direct Traffic, OFFLINE:Offline Sources, "
    "PAID_SOCIAL:Paid Social"
)
_BOUNCES = (
    "BLOCKED, BLOCKED_ACCOUNT, CONTENT, GREYLISTED, MAILBOX_FULL, MAILBOX_MISC, POLICY, SPAM, TEMPORARY_PROBLEM, TIMEOUT, "
    "UNKNOWN_USER, FILTERED, DNS_FAILURE, OTHER"
)

# Every object type has these; `{stamp}` differs.
_COMMON = """
createdate|Create Date|datetime/date|{group}|rF|
hs_object_id|Record ID|number/number|{group}|rF|
hs_object_source|Record creation source|string/text|{group}|rhF|
hs_object_source_id|Record creation source ID|string/text|{group}|rhF|
hs_object_source_label|Record source|string/text|{group}|rF|
hs_merged_object_ids|Merged Record IDs|enumeration/checkbox|{group}|rhFX|
hs_created_by_user_id|Created by user ID|number/number|{group}|rF|
hs_updated_by_user_id|Updated by user ID|number/number|{group}|rF|
hubspot_owner_id|Owner|enumeration/select|{group}|FO|
hubspot_owner_assigneddate|Owner Assigned Date|datetime/date|{group}|rF|
hubspot_team_id|HubSpot Team|enumeration/select|{group}|rFX|
hs_all_owner_ids|All Owner IDs|enumeration/checkbox|{group}|rhFX|
notes_last_contacted|Last Contacted|datetime/date|{group}|rF|
notes_last_updated|Last Activity Date|datetime/date|{group}|rF|
notes_next_activity_date|Next Activity Date|datetime/date|{group}|rF|
num_contacted_notes|Number of times contacted|number/number|{group}|rF|
num_notes|Number of Sales Activities|number/number|{group}|rF|
"""

_CONTACT = f"""
email|Email|string/text|contactinformation||
firstname|First Name|string/text|contactinformation||
lastname|Last Name|string/text|contactinformation||
lastmodifieddate|Last Modified Date|datetime/date|contactinformation|rF|
salutation|Salutation|string/text|contactinformation||
phone|Phone Number|string/phonenumber|contactinformation||
mobilephone|Mobile Phone Number|string/phonenumber|contactinformation||
fax|Fax Number|string/phonenumber|contactinformation||
address|Street Address|string/text|contactinformation||
city|City|string/text|contactinformation||
state|State/Region|string/text|contactinformation||
zip|Postal Code|string/text|contactinformation||
country|Country/Region|string/text|contactinformation||
hs_country_region_code|Country/Region Code|string/text|contactinformation||
hs_state_code|State/Region Code|string/text|contactinformation||
hs_timezone|Time Zone|string/text|contactinformation||
hs_language|Preferred language|enumeration/select|contactinformation||en:English, pl:Polish, cs:Czech, de:German, pt-br:Portuguese - Brazil, pt:Portuguese, fr:French, es:Spanish, it:Italian, nl:Dutch, sk:Slovak, uk:Ukrainian
date_of_birth|Date of birth|string/text|contactinformation||
gender|Gender|string/text|contactinformation||
marital_status|Marital Status|string/text|contactinformation||
jobtitle|Job Title|string/text|contactinformation||
job_function|Job function|string/text|contactinformation||
seniority|Seniority|string/text|contactinformation||
hs_role|Employment Role|enumeration/select|contactinformation||accounting, administrative, business_development, communications, consulting, customer_service, design, education, engineering, entrepreneurship, finance, health_professional, human_resources, information_technology, legal, marketing, operations, product, project_management, public_relations, quality_assurance, real_estate, recruiting, research, sales, support, retired
hs_seniority|Employment Seniority|enumeration/select|contactinformation||vp, director, owner, executive, senior, manager, entry, partner, employee
company|Company Name|string/text|contactinformation||
company_size|Company size|string/text|contactinformation||
website|Website URL|string/text|contactinformation||
industry|Industry|string/text|contactinformation||
annualrevenue|Annual Revenue|string/text|contactinformation||
numemployees|Number of Employees|enumeration/select|contactinformation||1-5, 5-25, 25-50, 50-100, 100-500, 500-1000, 1000+
message|Message|string/textarea|contactinformation||
twitterhandle|Twitter Username|string/text|socialmediainformation||
hs_linkedin_url|LinkedIn URL|string/text|contactinformation||
lifecyclestage|Lifecycle Stage|enumeration/radio|contactinformation||{_LIFECYCLE}
hs_lead_status|Lead Status|enumeration/radio|sales_properties||{_LEAD_STATUS}
hs_persona|Persona|enumeration/select|contactinformation||
hs_buying_role|Buying Role|enumeration/checkbox|contactinformation||BLOCKER:Blocker, BUDGET_HOLDER:Budget Holder, CHAMPION:Champion, DECISION_MAKER:Decision Maker, END_USER:End User, EXECUTIVE_SPONSOR:Executive Sponsor, INFLUENCER:Influencer, LEGAL_AND_COMPLIANCE:Legal & Compliance, OTHER:Other
hs_legal_basis|Legal basis for processing contact's data|enumeration/checkbox|contactinformation||{_LEGAL_BASIS}
hs_additional_emails|Additional email addresses|enumeration/checkbox|contactinformation|rFX|
hs_email_domain|Email Domain|string/text|email_information|rF|
hs_email_optout|Unsubscribed from all email|bool/booleancheckbox|emailinformation|rF|true:Yes, false:No
hs_email_bounce|Marketing emails bounced|number/number|emailinformation|rF|
hs_email_hard_bounce_reason_enum|Email hard bounce reason|enumeration/select|emailinformation|rF|{_BOUNCES}
hs_email_quarantined|Email Address Quarantined|bool/booleancheckbox|emailinformation|rF|true:Yes, false:No
hs_email_delivered|Marketing emails delivered|number/number|emailinformation|rF|
hs_email_open|Marketing emails opened|number/number|emailinformation|rF|
hs_email_click|Marketing emails clicked|number/number|emailinformation|rF|
hs_email_last_send_date|Last marketing email send date|datetime/date|emailinformation|rF|
hs_email_last_open_date|Last marketing email open date|datetime/date|emailinformation|rF|
hs_emailconfirmationstatus|Email Confirmation Status|string/text|emailinformation|rF|
hs_marketable_status|Marketing contact status|enumeration/booleancheckbox|contactinformation|rF|true:Marketing contact, false:Non-marketing contact
hs_marketable_until_renewal|Marketing contact until next update|enumeration/booleancheckbox|contactinformation|rF|true:Yes, false:No
hs_marketable_reason_type|Marketing contact status source type|string/text|contactinformation|rF|
hs_marketable_reason_id|Marketing contact status source name|string/text|contactinformation|rF|
hs_is_contact|Is a contact|bool/booleancheckbox|contactinformation|rhF|true:Yes, false:No
hs_is_unworked|Contact unworked|bool/calculation_equation|contactinformation|rcF|true:Yes, false:No
hs_all_contact_vids|All vids for a contact|enumeration/checkbox|contactinformation|rhFX|
hs_calculated_merged_vids|Merged vids with timestamps of a contact|enumeration/checkbox|contactinformation|rhFX|
hs_pipeline|Pipeline|enumeration/select|contactinformation|hFX|
associatedcompanyid|Primary Associated Company ID|number/number|contactinformation|FC|
num_associated_deals|Number of Associated Deals|number/number|deal_information|rF|
hubspotscore|HubSpot Score|number/number|contactinformation|rF|
hs_predictivecontactscore_v2|Likelihood to close|number/number|contactinformation|rF|
hs_analytics_source|Original Source|enumeration/select|analyticsinformation|rF|{_SOURCES}
hs_analytics_source_data_1|Original Source Drill-Down 1|string/text|analyticsinformation|rF|
hs_analytics_source_data_2|Original Source Drill-Down 2|string/text|analyticsinformation|rF|
hs_latest_source|Latest Source|enumeration/select|analyticsinformation|rF|{_SOURCES}
hs_analytics_first_timestamp|Time First Seen|datetime/date|analyticsinformation|rF|
hs_analytics_last_timestamp|Time Last Seen|datetime/date|analyticsinformation|rF|
hs_analytics_num_page_views|Number of Pageviews|number/number|analyticsinformation|rF|
hs_analytics_num_visits|Number of Sessions|number/number|analyticsinformation|rF|
hs_last_sales_activity_timestamp|Last Engagement Date|datetime/date|contactinformation|rF|
first_conversion_date|First Conversion Date|datetime/date|conversioninformation|rF|
recent_conversion_date|Recent Conversion Date|datetime/date|conversioninformation|rF|
num_conversion_events|Number of Form Submissions|number/number|conversioninformation|rF|
closedate|Close Date|datetime/date|contactinformation|F|
days_to_close|Days To Close|number/number|contactinformation|rF|
total_revenue|Total Revenue|number/number|deal_information|rF|
recent_deal_amount|Recent Deal Amount|number/number|deal_information|rF|
""" + "".join(f"hs_lifecyclestage_{stage}_date|Became a {stage} date|datetime/date|contactlcs|rF|\n" for stage in LIFECYCLE_STAGES)

_INDUSTRIES = """ACCOUNTING, AIRLINES_AVIATION, APPAREL_FASHION, ARCHITECTURE_PLANNING, AUTOMOTIVE, BANKING, BIOTECHNOLOGY,
BUILDING_MATERIALS, CHEMICALS, CIVIL_ENGINEERING, COMPUTER_HARDWARE, COMPUTER_NETWORK_SECURITY, COMPUTER_SOFTWARE,
CONSTRUCTION, CONSUMER_ELECTRONICS, CONSUMER_GOODS, CONSUMER_SERVICES, COSMETICS, DEFENSE_SPACE, DESIGN, E_LEARNING,
EDUCATION_MANAGEMENT, ELECTRICAL_ELECTRONIC_MANUFACTURING, ENTERTAINMENT, ENVIRONMENTAL_SERVICES, EVENTS_SERVICES, FARMING,
FINANCIAL_SERVICES, FOOD_BEVERAGES, FOOD_PRODUCTION, FURNITURE, GOVERNMENT_ADMINISTRATION, HEALTH_WELLNESS_AND_FITNESS,
HIGHER_EDUCATION, HOSPITAL_HEALTH_CARE, HOSPITALITY, HUMAN_RESOURCES, INDUSTRIAL_AUTOMATION,
INFORMATION_TECHNOLOGY_AND_SERVICES, INSURANCE, INTERNET, LAW_PRACTICE, LEGAL_SERVICES, LEISURE_TRAVEL_TOURISM,
LOGISTICS_AND_SUPPLY_CHAIN, MACHINERY, MANAGEMENT_CONSULTING, MARKETING_AND_ADVERTISING, MECHANICAL_OR_INDUSTRIAL_ENGINEERING,
MEDIA_PRODUCTION, MEDICAL_DEVICES, MEDICAL_PRACTICE, MINING_METALS, NON_PROFIT_ORGANIZATION_MANAGEMENT, OIL_ENERGY,
PACKAGING_AND_CONTAINERS, PAPER_FOREST_PRODUCTS, PHARMACEUTICALS, PLASTICS, PRINTING, PROFESSIONAL_TRAINING_COACHING,
PUBLISHING, REAL_ESTATE, RENEWABLES_ENVIRONMENT, RESEARCH, RESTAURANTS, RETAIL, SECURITY_AND_INVESTIGATIONS, SEMICONDUCTORS,
STAFFING_AND_RECRUITING, TELECOMMUNICATIONS, TEXTILES, TRANSPORTATION_TRUCKING_RAILROAD, UTILITIES, WHOLESALE, WINE_AND_SPIRITS,
WIRELESS, WRITING_AND_EDITING""".replace("\n", " ")

_COMPANY = f"""
name|Company name|string/text|companyinformation||
domain|Company Domain Name|string/text|companyinformation||
hs_additional_domains|Additional Domains|enumeration/checkbox|companyinformation|rFX|
hs_lastmodifieddate|Last Modified Date|datetime/date|companyinformation|rF|
website|Website URL|string/text|companyinformation||
phone|Phone Number|string/phonenumber|companyinformation||
address|Street Address|string/text|companyinformation||
address2|Street Address 2|string/text|companyinformation||
city|City|string/text|companyinformation||
state|State/Region|string/text|companyinformation||
zip|Postal Code|string/text|companyinformation||
country|Country/Region|string/text|companyinformation||
hs_country_code|Country Code|string/text|companyinformation||
timezone|Time Zone|string/text|companyinformation||
industry|Industry|enumeration/select|companyinformation||{_INDUSTRIES}
type|Type|enumeration/select|companyinformation||PROSPECT:Prospect, PARTNER:Partner, RESELLER:Reseller, VENDOR:Vendor, OTHER:Other
description|Description|string/textarea|companyinformation||
about_us|About Us|string/textarea|companyinformation||
founded_year|Year Founded|string/text|companyinformation||
numberofemployees|Number of Employees|number/number|companyinformation||
annualrevenue|Annual Revenue|number/number|companyinformation||
is_public|Is Public|bool/booleancheckbox|companyinformation||true:Yes, false:No
linkedin_company_page|LinkedIn Company Page|string/text|socialmediainformation||
lifecyclestage|Lifecycle Stage|enumeration/radio|companyinformation||{_LIFECYCLE}
hs_lead_status|Lead Status|enumeration/radio|companyinformation||{_LEAD_STATUS}
hs_parent_company_id|Parent Company|number/number|companyinformation|rFC|
hs_num_child_companies|Number of child companies|number/number|companyinformation|rF|
num_associated_contacts|Number of Associated Contacts|number/number|companyinformation|rF|
num_associated_deals|Number of Associated Deals|number/number|companyinformation|rF|
closedate|Close Date|datetime/date|companyinformation|F|
total_revenue|Total Revenue|number/number|companyinformation|rF|
""" + "".join(f"hs_lifecyclestage_{stage}_date|Became a {stage} date|datetime/date|companylcs|rF|\n" for stage in LIFECYCLE_STAGES)

_DEAL = """
dealname|Deal Name|string/text|dealinformation||
amount|Amount|number/number|dealinformation||
amount_in_home_currency|Amount in company currency|number/calculation_equation|dealinformation|rcF|
closedate|Close Date|datetime/date|dealinformation||
dealstage|Deal Stage|enumeration/radio|dealinformation|X|
pipeline|Pipeline|enumeration/select|dealinformation|X|
dealtype|Deal Type|enumeration/radio|dealinformation||newbusiness:New Business, existingbusiness:Existing Business
description|Deal Description|string/textarea|dealinformation||
hs_lastmodifieddate|Last Modified Date|datetime/date|dealinformation|rF|
hs_priority|Priority|enumeration/select|dealinformation||low:Low, medium:Medium, high:High
hs_next_step|Next step|string/text|dealinformation||
deal_currency_code|Currency|enumeration/select|dealinformation||EUR, USD, PLN, CZK, GBP, BRL
closed_lost_reason|Closed Lost Reason|string/textarea|dealinformation||
closed_won_reason|Closed Won Reason|string/textarea|dealinformation||
hs_forecast_amount|Forecast Amount|number/number|dealinformation|F|
hs_deal_stage_probability|Deal probability|number/number|dealinformation|rF|
hs_is_closed|Is Deal Closed?|bool/booleancheckbox|dealinformation|rF|true:Yes, false:No
hs_is_closed_won|Is Closed Won|bool/booleancheckbox|dealinformation|rF|true:Yes, false:No
num_associated_contacts|Number of Associated Contacts|number/number|dealinformation|rF|
days_to_close|Days to Close|number/calculation_equation|dealinformation|rcF|
"""

LINES: dict[str, str] = {
    "contacts": _CONTACT + _COMMON.replace("{group}", "contactinformation"),
    "companies": _COMPANY + _COMMON.replace("{group}", "companyinformation"),
    "deals": _DEAL + _COMMON.replace("{group}", "dealinformation"),
}

# name -> label
GROUPS: dict[str, dict[str, str]] = {
    "contacts": {
        "contactinformation": "Contact information", "email_information": "Email domain information",
        "emailinformation": "Email information", "analyticsinformation": "Web analytics history",
        "conversioninformation": "Conversion information", "socialmediainformation": "Social media information",
        "sales_properties": "Sales properties", "deal_information": "Deal information",
        "contactlcs": "Contact lifecycle stage properties",
    },
    "companies": {
        "companyinformation": "Company information", "socialmediainformation": "Social media information",
        "companylcs": "Company lifecycle stage properties",
    },
    "deals": {"dealinformation": "Deal information"},
}
