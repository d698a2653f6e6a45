"""What a document may hold at most."""

LIMITS = {"layers": 8, "neurons a layer": 32, "points": 4000, "bytes a request": 512 * 1024}
LARGEST_EPOCH = 10**9
LONGEST_PERIOD = 10**6  # epochs, of a schedule or a plateau
