"""What is done once before the background processes are made, so that nobody's first run waits for it.

``python -m app.warm`` compiles the kernel where that has not been done yet.
"""

from nets.engine import warm_up

warm_up()
