"""x"""
import time, json
import pytest
pytestmark = pytest.mark.slow
def test_it(program):
    p=program("tap_hubspot")
    hub=p.sandbox.ma
    now=hub.clock.now_ms()
    def mk(kind, v): return p.sandbox.call(lambda: hub.seed(kind, v, created_ms=now-90000, modified_ms=now-50000))
    c=mk("contacts",{"lastname":"Żółć 'x' \"y\"\nz","email":"a@example.com","hs_email_optout":"true"})
    k=mk("companies",{"name":"Acme","domain":"acme.com"})
    d=mk("deals",{"dealname":"D","amount":"12.5","dealstage":"closedwon","pipeline":"default"})
    tk=mk("tickets",{"subject":"T"})
    p.sandbox.call(lambda: hub.seed_company_link("contacts", c.id, k.id))
    p.sandbox.call(lambda: hub.seed_owner("O","W","o@example.com",True))
    t=time.time(); 
    try: p.sync(); 
    except BaseException as e: print(e)
    print(time.time()-t)
    print(p.hosts(), p.not_understood(), p.refused())
    R=p.records(1)
    print({k:len(v) for k,v in R.items()})
    for k,v in R.items():
        for r in v: print(k, json.dumps({a:b for a,b in r.items() if b is not None})[:3000])
    for e in p.exchanges(): print(e.operation,e.status,e.method,e.path,e.query[:100])
    t=time.time(); p.sync(); print(time.time()-t)
    print({k:len(v) for k,v in p.records(2).items()})
    print((p.state_dir/"state.json").read_text())
    assert 0
