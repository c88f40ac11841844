# Sourced by bench/run.sh: our resamplers beside soxr, speexdsp and libsamplerate, in one native program with the flags of the shipped one. Writes the tables into
# the library's README, two spectrograms beside it, and pairs of WAVs to listen to into artifacts/audio.
library=src/matrixd.Audio
heard=artifacts/audio

# table NAME FILE: puts a file between the markers <!-- NAME: … --> and <!-- /NAME --> of the README.
table() {
  awk -v name="$1" -v file="$2" '
    index($0, "<!-- " name ":") == 1 { print; print ""; while ((getline line < file) > 0) print line; print ""; skip = 1; next }
    index($0, "<!-- /" name " -->") == 1 { skip = 0 }
    !skip' "$library/README.md" >"$heard/README.md"
  mv "$heard/README.md" "$library/README.md"
}

# spectrogram NAME TITLE
spectrogram() { sox "$heard/$1.wav" -n spectrogram -x 520 -y 257 -z 100 -t "24 to 8 kHz, a tone from 0 to 12 kHz: $2" -c " " -o "$library/docs/$1.png"; }

need_packages libsoxr-dev libspeexdsp-dev libsamplerate0-dev sox espeak-ng
./build.sh native
mkdir -p "$heard" "$library/docs"

arguments=()
command -v clang >/dev/null || arguments+=(-p:CppCompilerAndLinker=gcc)
case "$(uname -m)" in x86_64) rid=linux-x64 ;; *) rid=linux-arm64; arguments+=(-p:IlcInstructionSet=neon) ;; esac
dotnet publish bench/audio/audio.csproj -c Release -r "$rid" -v quiet --nologo --artifacts-path artifacts/build-audio -o artifacts/audio-bench \
  -p:PublishAot=true "-p:MatrixdFramework=$(cat artifacts/.aot-framework)" "${arguments[@]}"

espeak-ng -v en-us -s 150 -w "$heard/speech.wav" "This sentence has sounds that a telephone should keep: six sisters sell fresh fish, and those it should lose."
sox -R "$heard/speech.wav" -b 16 "$heard/speech-24k.wav" rate -v 24000 norm -3
sox -R "$heard/speech.wav" -b 16 "$heard/speech-8k.wav" rate -v 8000 norm -3
artifacts/audio-bench/audio-bench listen "$heard/speech-24k.wav" "$heard/speech-8k.wav" "$heard"
spectrogram 24to8-naive-sweep "dropping two samples of three"
spectrogram 24to8-ours-sweep matrixd.Audio

artifacts/matrixd bench kernels --json "$heard/kernels.json" | tee "$heard/kernels.txt"
{ echo '```'; cat "$heard/kernels.txt"; echo '```'; } >"$heard/kernels.md"
table kernels "$heard/kernels.md"
artifacts/audio-bench/audio-bench table | tee "$heard/peers.md"
table peers "$heard/peers.md"
echo "bench: tables in $library/README.md; listen to $heard/24to8-naive.wav and 24to8-ours.wav, 8to16-naive.wav and 8to16-ours.wav"
