"""x"""
import time
import pytest
pytestmark = pytest.mark.slow
def test_it(program):
    p=program("tap_salesforce")
    t=time.time(); p.sync(); print(time.time()-t)
    print(p.hosts(), p.not_understood(), p.refused(), {k:len(v) for k,v in p.records(1).items()})
    print(p.records(1))
    t=time.time(); p.sync(); print(time.time()-t)
    assert 0
