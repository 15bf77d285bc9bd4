# One table of what scripts/gpu-check.sh has found, from its lines of JSON, which are flat.

# The value of a key: text without its quotes; empty where there is none.
function value(key,    at, rest) {
  at = index($0, "\"" key "\":")
  if (at == 0) return ""
  rest = substr($0, at + length(key) + 3)
  if (substr(rest, 1, 1) == "\"") {
    rest = substr(rest, 2)
    return substr(rest, 1, index(rest, "\"") - 1)
  }
  match(rest, /^[^,}]*/)
  return substr(rest, 1, RLENGTH)
}

function verdict() { return value("pass") == "true" ? "" : "  FAILED" }

function heading(text) { section[++sections] = text }
function put(text) { lines[sections] = lines[sections] text "\n" }

BEGIN {
  heading("steps")
  heading("operators: largest relative errors, values and cotangents")
  heading("models: largest relative errors of logits (each core's own forward pass), cotangents and maps (one forward pass); decisions that differ, and beyond ties")
  heading("the same bits for any chunk size")
  heading("seconds of the contest of all labels (up to 1000)")
  heading("goals: at most 2 x the counted floor of an H200, at least 2 x as fast as the best way of PyTorch")
}

{ kind = value("kind") }
kind == "device" { device = value("name") " (" value("capability") ")" }
kind == "step" {
  sections = 1
  put(sprintf("  %-10s %-8s %6s  %s", value("name"), value("result"), value("seconds"), value("detail")))
}
kind == "operator" {
  sections = 2
  put(sprintf("  %-44s %10s %10s  %s%s", value("name"), value("values"), value("cotangents"), value("error"), verdict()))
}
kind == "agreement" {
  sections = 3
  put(sprintf("  %-24s %-5s %-17s vs %-17s %10s %10s %10s  %s of %s differ, %s beyond ties%s%s", value("model"), value("precision"), value("of"), value("against"),
    value("values"), value("cotangents"), value("maps"), value("differ"), value("decisions"), value("beyond_ties"),
    value("judged") == "true" ? "" : " (judged by logits alone)", verdict()))
}
kind == "failure" {
  sections = 3
  put(sprintf("  %-24s %s%s", value("model"), value("error"), verdict()))
}
kind == "chunks" {
  sections = 4
  put(sprintf("  %-24s %-5s against chunks of %s bytes%s", value("model"), value("precision"), value("bytes"), verdict()))
}
kind == "floor" { floors[value("model") " " value("precision")] = value("seconds") }
kind == "time" {
  runs++
  model[runs] = value("model")
  system_[runs] = value("system")
  precision[runs] = value("precision")
  labels[runs] = value("labels")
  cold[runs] = value("cold_s")
  best[runs] = value("best_s")
  note[runs] = value("note")
  key = model[runs] " " precision[runs]
  if (!(key in seen)) keys[++pairs] = key
  seen[key] = 1
  if (system_[runs] == "agon") own[key] = best[runs]
  else if (best[runs] + 0 > 0 && (!(key in peer) || best[runs] < peer[key])) {
    peer[key] = best[runs]
    peerName[key] = system_[runs]
  }
}

# A goal that is a ratio which must reach, or not pass, 2.
function judged(ratio, reached) { return sprintf("%.3g x: %s", ratio, reached ? "reached" : "missed") }

END {
  for (p = 1; p <= pairs; p++) for (i = 1; i <= runs; i++) {
    key = model[i] " " precision[i]
    if (key != keys[p]) continue
    sections = 5
    if (system_[i] == "agon") {
      more = (key in floors && floors[key] > 0) ? sprintf("%.3g x the counted floor of an H200 (%.3g s)", best[i] / floors[key], floors[key]) : ""
    } else {
      more = (key in own && best[i] + 0 > 0) ? sprintf("agon is %.2f x as fast", best[i] / own[key]) : ""
    }
    put(sprintf("  %-24s %-5s %-34s K %-5s cold %-10s best %-10s %s %s", model[i], precision[i], system_[i], labels[i], cold[i], best[i], more, note[i]))
  }
  sections = 6
  for (p = 1; p <= pairs; p++) {
    key = keys[p]
    if (!(key in own) || (key in floors && floors[key] < 1e-3)) continue  # tiny nets: launches alone
    floor = key in floors ? judged(own[key] / floors[key], own[key] <= 2 * floors[key]) : "not known"
    torch = key in peer ? judged(peer[key] / own[key], peer[key] >= 2 * own[key]) " (" peerName[key] ")" : "not measured"
    put(sprintf("  %-30s floor %-18s PyTorch %s", key, floor, torch))
  }
  if (device != "") print "device: " device
  for (s = 1; s <= 6; s++) if (lines[s] != "") printf "\n%s\n%s", section[s], lines[s]
}
