"""The reference connector with both vendors' own addresses written into it, as connectors in the field have them.

`--proxied`: as somebody would adapt it to a proxy (HubSpot's SDK takes none from the environment by itself).
`--telemetry HOST`: it also reports home, and does not mind when that fails.
"""

import contextlib
import os
import runpy
import sys
import urllib.request

import urllib3

os.environ |= {"SF_INSTANCE_URL": "https://login.salesforce.com", "HUBSPOT_BASE_URL": "https://api.hubapi.com"}
if "--proxied" in sys.argv:
    urllib3.PoolManager = lambda **settings: urllib3.ProxyManager(os.environ["HTTPS_PROXY"], **settings)
if "--telemetry" in sys.argv:
    with contextlib.suppress(OSError):
        urllib.request.urlopen(f"https://{sys.argv[-1]}/started", timeout=5)
sys.argv[1:] = []
runpy.run_module("syncproof.reference", run_name="__main__")
