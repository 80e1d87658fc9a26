"""How a fit may have ended: `ok`, `collapsed`, `diverged`, `out-of-memory`."""

OK = "ok"
COLLAPSED = "collapsed"  # it was trained to the end, and is no better than a constant
SCORED = (OK, COLLAPSED)  # with a reconstruction that is finite
