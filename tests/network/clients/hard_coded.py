"""The reference connector with both vendors' own addresses written into it, as connectors in the field have them.

`--proxied`: as somebody would adapt it to a proxy (HubSpot's SDK takes none from the environment by itself).
`--telemetry HOST`: it also reports home, and does not mind when that fails.
"""

import contextlib
import json
import os
import runpy
import sys
import urllib.request

import urllib3

# Records are at the org's own host, which nobody can write down: the login host tells it.
asked = urllib.request.Request(
    "https://login.salesforce.com/services/oauth2/userinfo", headers={"Authorization": f"Bearer {os.environ['SF_ACCESS_TOKEN']}"}
)
with urllib.request.urlopen(asked, timeout=10) as told:
    own = json.load(told)["urls"]["rest"].partition("/services/")[0]
os.environ |= {"SF_INSTANCE_URL": own, "HUBSPOT_BASE_URL": "https://api.hubapi.com"}
if "--proxied" in sys.argv:
    urllib3.PoolManager = lambda **settings: urllib3.ProxyManager(os.environ["HTTPS_PROXY"], **settings)
if "--telemetry" in sys.argv:
    with contextlib.suppress(OSError):
        urllib.request.urlopen(f"https://{sys.argv[-1]}/started", timeout=5)
sys.argv[1:] = []
runpy.run_module("syncproof.reference", run_name="__main__")
