"""The form in which built-in properties are written down, and the lists of options that several of them share.

A block is (group, flags of all its lines, lines). A line is `name|label|type|flags|options`; the type may name its field
type (`string/textarea`). Flags: `r` read-only, `c` calculated, `u` unique value, `h` hidden, `F` not offered in forms,
`O` refers to owners, `C` refers to companies, `X` options live elsewhere (any text is taken). An option is `value:label`
or a word that is both. Facts: research/hubspot.md sections 1.7, 1.11, 3.4, 3.5, 3.7, 3.17; rule 17.
"""

from __future__ import annotations

Block = tuple[str, str, str]

# type -> the field type that a line need not name
FIELD_TYPE_OF = {
    "string": "text", "number": "number", "datetime": "date", "date": "date", "bool": "booleancheckbox",
    "enumeration": "select", "phone_number": "phonenumber", "object_coordinates": "text", "json": "text",
}

LIFECYCLE_LABELS = {
    "subscriber": "Subscriber", "lead": "Lead", "marketingqualifiedlead": "Marketing Qualified Lead",
    "salesqualifiedlead": "Sales Qualified Lead", "opportunity": "Opportunity", "customer": "Customer",
    "evangelist": "Evangelist", "other": "Other",
}
LIFECYCLE = ", ".join(f"{value}:{label}" for value, label in LIFECYCLE_LABELS.items())
LEGAL_BASIS = (
    "Legitimate interest – prospect/lead, Legitimate interest – existing customer, Legitimate interest - other, "
    "Performance of a contract, Freely given consent from contact, Not applicable"
)
LEAD_STATUS = (
    "NEW:New, OPEN:Open, IN_PROGRESS:In Progress, OPEN_DEAL:Open Deal, UNQUALIFIED:Unqualified, "
    "ATTEMPTED_TO_CONTACT:Attempted to Contact, CONNECTED:Connected, BAD_TIMING:Bad Timing"
)
SOURCES = (
    "ORGANIC_SEARCH:Organic Search, PAID_SEARCH:Paid Search, EMAIL_MARKETING:Email Marketing, SOCIAL_MEDIA:Organic Social, "
    "REFERRALS:Referrals, OTHER_CAMPAIGNS:Other Campaigns, DIRECT_TRAFFIC:Direct Traffic, OFFLINE:Offline Sources, "
    "PAID_SOCIAL:Paid Social"
)
BOUNCES = (
    "BLOCKED, BLOCKED_ACCOUNT, CONTENT, GREYLISTED, MAILBOX_FULL, MAILBOX_MISC, POLICY, SPAM, TEMPORARY_PROBLEM, TIMEOUT, "
    "UNKNOWN_USER, FILTERED, DNS_FAILURE, OTHER"
)
ROLES = (
    "accounting, administrative, business_development, communications, consulting, customer_service, design, education, "
    "engineering, entrepreneurship, finance, health_professional, human_resources, information_technology, legal, marketing, "
    "operations, product, project_management, public_relations, quality_assurance, real_estate, recruiting, research, sales, "
    "support, retired"
)
SENIORITIES = "vp, director, owner, executive, senior, manager, entry, partner, employee"
CURRENCIES = "EUR, USD, PLN, CZK, GBP, BRL"
INDUSTRIES = """ACCOUNTING, AIRLINES_AVIATION, APPAREL_FASHION, ARCHITECTURE_PLANNING, AUTOMOTIVE, BANKING, BIOTECHNOLOGY,
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
