"""Change data capture over CometD: who listens, to which channel, and what the journal has to tell them.

Nothing is kept twice: an event is derived from changes of the journal when somebody asks for it, and a listener is a
position in the journal. Facts: research `salesforce.md` section 1.11, the vendor's guides to change data capture and to
the streaming API (event bodies, error codes, retention), recorded exchanges of public CometD clients.
"""

from __future__ import annotations
