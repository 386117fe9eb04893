# SPDX-License-Identifier: GPL-2.0
#
# One colour for each algorithm, the same on every plot. The kernel's own and
# ours of the same name are of one family; cubic and bbr have the colours they
# have in published plots of BBR.

def palette: {
  cubic: "#d7191c", weir_cubic: "#f4803f",
  bbr: "#abd9e9", weir_bbr: "#3fa7c4",
  bbr2: "#6baed6", bbr3: "#2c7bb6", weir_bbr3: "#4a4fc4",
  reno: "#8d99a6", weir_reno: "#55606d",
  vegas: "#8fd16f", weir_vegas: "#3a9440",
  westwood: "#c6a3dd", weir_westwood: "#8e56b8",
  bic: "#f29ac2", weir_bic: "#d13f89",
  dctcp: "#d9b25c", weir_dctcp: "#a8791d",
  weir_copa: "#12a594", weir_fixed: "#7b6f63",
  htcp: "#b08968", illinois: "#c08bb0", yeah: "#7fb8a4", hybla: "#a3b18a",
  nv: "#9d8df1", cdg: "#e07a5f", lp: "#94a1b2", highspeed: "#bc6c25",
  scalable: "#6d9dc5", veno: "#b5838d"
};

# Any other algorithm gets one of these by its name alone, so that it does not
# change from one report to the next.
def spare: ["#588157", "#bc4749", "#577590", "#9a6fb0", "#b08900", "#4f8a8b"];

def colour($cc):
  palette[$cc] // spare[($cc | explode | add // 0) % (spare | length)];

def hex2: floor as $n | [($n / 16 | floor), $n % 16] | map("0123456789abcdef"[. : . + 1]) | add;
def unhex:
  ascii_downcase | explode | map(if . >= 97 then . - 87 else . - 48 end) | .[0] * 16 + .[1];

# shade(C; W): mixed with white by W (0..1), or with black by -W.
def shade($c; $w):
  [$c[1:3], $c[3:5], $c[5:7]] | map(unhex)
  | map(if $w >= 0 then . + (255 - .) * $w else . * (1 + $w) end | hex2)
  | "#" + add;

# How bright a colour looks, 0 to 1.
def luminance($c):
  [$c[1:3], $c[3:5], $c[5:7]] | map(unhex / 255) | 0.3 * .[0] + 0.6 * .[1] + 0.1 * .[2];

# Flows of one algorithm, told apart by lightness: the k-th of n.
def flow_colour($cc; $k; $n):
  if $n <= 1 or $k == 0 then colour($cc)
  else
    (if luminance(colour($cc)) > 0.6 then [-0.4, -0.2, -0.6, 0.4, -0.5]
     else [0.45, -0.35, 0.25, -0.5, 0.65] end)[($k - 1) % 5] as $w
    | shade(colour($cc); $w)
  end;
