"""The SOAP partner service: one address, one call per request, and a fault for everything that is no call.

`service` takes the request and finds the call, `envelope` reads and writes XML, `sobjects` turns records into XML and
back, `headers` reads what the caller asks of a call; `login`, `reading`, `writing` and `metadata` are the calls.
Requests are read by local names, because clients invent their own prefixes and namespaces; answers declare the partner
namespace as the default one, because clients look for `<sessionId>` literally.
"""
