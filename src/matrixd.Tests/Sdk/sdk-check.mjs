// Holds `matrixd simulate gemini --accept sdk` against the official JavaScript SDK:
// mints a token, connects with it, talks, and must hear itself.
// usage: node sdk-check.mjs http://127.0.0.1:PORT     one JSON line on stdout; exit 0 good, 1 bad, 2 usage
import { GoogleGenAI, Modality } from "@google/genai";

const baseUrl = process.argv[2];
if (!baseUrl) {
  console.error("usage: node sdk-check.mjs http://HOST:PORT");
  process.exit(2);
}

const MODEL = "gemini-3.1-flash-live-preview";
const LIMIT_MS = 20_000; // far beyond what loopback needs
const RATE = 16_000;
const FRAME = RATE / 50; // 20 ms

const seen = { set_up: false, models: 0, resumable: false, input_transcript: "", audio_bytes: 0, turn_complete: false, interrupted: false };

function pcm(seconds, value) {
  const bytes = Buffer.alloc(Math.round(seconds * RATE) * 2);
  for (let i = 0; i < bytes.length / 2; i++) bytes.writeInt16LE(Math.round(value(i / RATE)), i * 2);
  return bytes;
}

async function talk() {
  const options = { apiVersion: "v1alpha", baseUrl };
  const owner = new GoogleGenAI({ apiKey: "AIza-simulated", httpOptions: options });
  for await (const model of await owner.models.list({ config: { pageSize: 2 } })) {
    if (model.supportedActions?.includes("bidiGenerateContent")) seen.models++;
  }

  const token = await owner.authTokens.create({ config: { uses: 1, httpOptions: options } });
  const caller = new GoogleGenAI({ apiKey: token.name, httpOptions: options });
  let finish;
  const done = new Promise((resolve, reject) => (finish = { resolve, reject }));
  const session = await caller.live.connect({
    model: MODEL,
    config: { responseModalities: [Modality.AUDIO], inputAudioTranscription: {}, outputAudioTranscription: {}, sessionResumption: {} },
    callbacks: {
      onmessage: (message) => {
        if (message.setupComplete) seen.set_up = true;
        if (message.sessionResumptionUpdate?.resumable) seen.resumable = true;
        const content = message.serverContent;
        for (const part of content?.modelTurn?.parts ?? []) {
          if (part.inlineData?.data) seen.audio_bytes += Buffer.from(part.inlineData.data, "base64").length;
        }
        if (content?.inputTranscription?.text) seen.input_transcript += content.inputTranscription.text;
        if (content?.interrupted) seen.interrupted = true;
        if (content?.turnComplete) {
          seen.turn_complete = true;
          finish.resolve();
        }
      },
      onerror: (e) => finish.reject(new Error(`socket: ${e.message}`)),
      onclose: (e) => finish.reject(new Error(`closed ${e.code} ${e.reason}`)),
    },
  });

  const speech = Buffer.concat([pcm(1, (t) => 8000 * Math.sin(2 * Math.PI * 440 * t)), pcm(1, () => 0)]);
  for (let at = 0; at < speech.length; at += FRAME * 2) {
    const data = speech.subarray(at, at + FRAME * 2).toString("base64");
    session.sendRealtimeInput({ audio: { data, mimeType: `audio/pcm;rate=${RATE}` } });
  }

  await done;
  session.close();

  // One use is spent: the same token must not open a second session.
  const again = await new Promise((resolve) => {
    caller.live
      .connect({ model: MODEL, config: { responseModalities: [Modality.AUDIO] }, callbacks: { onmessage: () => resolve("opened"), onerror: () => {}, onclose: (e) => resolve(`${e.code} ${e.reason}`) } })
      .catch((e) => resolve(String(e.message ?? e)));
  });
  if (!again.includes("1011") || !again.includes("used too many times")) throw new Error(`the spent token: ${again}`);
}

const limit = new Promise((_, reject) => setTimeout(() => reject(new Error(`nothing more within ${LIMIT_MS} ms`)), LIMIT_MS).unref());
let error = "";
try {
  await Promise.race([talk(), limit]);
  if (!seen.set_up) error = "no setupComplete";
  else if (seen.models < 4) error = `${seen.models} live models listed`;
  else if (!seen.resumable) error = "no handle";
  else if (seen.audio_bytes < 24_000 * 2) error = "less than a second of audio came back";
  else if (!seen.input_transcript) error = "no transcript of the caller";
} catch (e) {
  error = String(e?.message ?? e);
}

console.log(JSON.stringify({ ok: error === "", error, ...seen }));
process.exit(error === "" ? 0 : 1);
