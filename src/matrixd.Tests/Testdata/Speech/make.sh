#!/usr/bin/env bash
# Makes the speech that the voice activity tests measure on: eight voices, English and Hindi, eight utterances each, in telephone quality.
# Needs Debian's espeak-ng and sox. One file a voice: 8 kHz mu-law WAV, utterances divided by 0.2 s of digital silence.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

english=("Hello?" "Yes, speaking." "No, thank you." "Stop, stop, one moment." "Can you say that again?" "My balance?" "Six thousand." "Call me back.")
hindi=("हाँ जी।" "नहीं चाहिए।" "एक मिनट रुकिए।" "कौन बोल रहा है?" "फिर से बताइए।" "सात हज़ार।" "समझ नहीं आया।" "कल फ़ोन कीजिए।")

# speak FILE VOICE WORDS-PER-MINUTE PITCH TEXT...
speak() {
  local file=$1 voice=$2 speed=$3 pitch=$4 parts=() i=0 text
  shift 4
  for text in "$@"; do
    espeak-ng -v "$voice" -s "$speed" -p "$pitch" -w "$work/raw.wav" "$text"
    # Cut to the speech, then the telephone's band, then one level: all utterances are about equally loud.
    sox -R -D "$work/raw.wav" -b 16 "$work/$i.wav" silence 1 0.01 0.2% reverse silence 1 0.01 0.2% reverse sinc 300-3400 rate -h 8000 norm -6
    parts+=("$work/$i.wav" "$work/gap.wav")
    i=$((i + 1))
  done
  sox -R -D "${parts[@]}" -e mu-law "$file.wav"
}

sox -n -r 8000 -b 16 -c 1 "$work/gap.wav" trim 0 0.2
speak english-man en-us 165 45 "${english[@]}"
speak english-woman en-us+f2 175 60 "${english[@]}"
speak english-british en-gb-x-rp+m3 180 40 "${english[@]}"
speak english-young en-gb+f4 170 75 "${english[@]}"
speak hindi-man hi 160 45 "${hindi[@]}"
speak hindi-woman hi+f3 170 60 "${hindi[@]}"
speak hindi-deep hi+m7 150 25 "${hindi[@]}"
speak hindi-young hi+f2 180 75 "${hindi[@]}"
