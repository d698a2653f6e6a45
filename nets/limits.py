"""What a document may hold: the largest and the smallest there is."""

MOST_POINTS = 4000
LIMITS = {"layers": 8, "neurons a layer": 32, "points": MOST_POINTS, "bytes a request": 512 * 1024}
LARGEST_SEED = 2**32 - 1
LARGEST_EPOCH = 10**9
LONGEST_PERIOD = 10**6  # epochs, of a schedule or a plateau
GAINS = (0.01, 10)  # smallest and largest
BIASES = (0, 10)  # the same, of what the first biases may be, up or down
