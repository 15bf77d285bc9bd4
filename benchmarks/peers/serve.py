"""Times peers on request, so that they alternate with another system in one run.

python serve.py FOLDER torch|jax|captum MODEL THREADS

FOLDER holds the peers' modules (common, models, torch_peers, jax_peers). One line of JSON each way: first, unasked,
{"versions": {...}}; then {"do": "time", "spec": "tile:8+cl", "n": 64, "seconds": 0.2} is answered by the means of as many calls as
fit into the seconds, at least one, after a warm-up: {"core_s", "wall_s", "other_cores"}; {"do": "peak"} by {"peak_mb"}; and what fails
by {"error": "..."}.
"""

import importlib
import json
import os
import resource
import sys


def torch_maps(model, threads):
    import torch

    peers = importlib.import_module("torch_peers")
    torch.set_num_threads(threads)
    net = importlib.import_module("models").make(model)
    built = {}

    def call(spec, n):
        if spec not in built:
            built[spec] = peers.build(net, spec)[0]
        return lambda: built[spec](n)

    return {"torch": torch.__version__}, call


def jax_maps(model, threads):
    sys.argv = ["jax_peers.py", model, "", "--threads", str(threads)]
    peers = importlib.import_module("jax_peers")
    return {"jax": importlib.import_module("jax").__version__}, lambda spec, n: peers.build(spec, n)[0]


def captum_attributions(model, threads):
    import captum
    import torch
    from captum_methods import attribution

    torch.set_num_threads(threads)
    models = importlib.import_module("models")
    net = models.make(model)
    return {"torch": torch.__version__, "captum": captum.__version__}, lambda spec, n: attribution(models, net, spec, n)


def timer(call, compiles):
    """measure(spec, n, seconds) for the calls of a family. The first call of a spec is not timed, nor that of a count if it compiles."""
    sample = importlib.import_module("common").sample
    calls = {}
    warm = set()

    def measure(spec, n, seconds):
        if (spec, n) not in calls:
            calls[spec, n] = call(spec, n)
        run, key = calls[spec, n], (spec, n) if compiles else spec
        if key not in warm:
            run()
            warm.add(key)
        taken = sample(run)
        repeats = int(seconds / max(taken.wall, 1e-6))
        if repeats > 1:
            taken = sample(run, repeats)
        return {"core_s": taken.cpu, "wall_s": taken.wall, "other_cores": taken.other}

    return measure


def main():
    folder, family, model, threads = sys.argv[1:5]
    sys.path.insert(1, folder)
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # whatever libraries print goes to standard error
    families = {"torch": torch_maps, "jax": jax_maps, "captum": captum_attributions}
    versions, call = families[family](model, int(threads))
    measure = timer(call, compiles=family == "jax")
    print(json.dumps({"versions": versions}), file=answers)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["do"] == "time":
                answer = measure(request["spec"], request["n"], request["seconds"])
            else:
                answer = {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
        except Exception as error:
            answer = {"error": " ".join(f"{type(error).__name__}: {error}".split())[:300]}
        print(json.dumps(answer), file=answers)


main()
