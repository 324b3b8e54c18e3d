// What the scripts share: a browser, a mail program, and the questions to the host (`host.rs`).
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { join } from "node:path";

export const scene = JSON.parse(process.argv[2]);
export const origin = new URL(scene.link).origin;
export const installed = createRequire(join(scene.modules, "x.js"));
const { chromium } = installed("playwright-core");

const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/// Asks the host; one question at a time.
export async function ask(what, more = {}) {
  process.stdout.write(`${JSON.stringify({ ask: what, ...more })}\n`);
  return JSON.parse((await answers.next()).value);
}

export const atena = (...words) => ask("atena", { words });

/// What the server has got, once there are `count` mails: recipients, and the octets as text of one octet a character.
export async function arrived(count) {
  const mails = await ask("arrived", { count });
  return mails.map(({ recipients, raw }) => ({ recipients, raw: Buffer.from(raw, "base64").toString("latin1") }));
}

/// Mails in this state, as `atena held list` knows them.
export async function stored(state) {
  const { mails } = JSON.parse((await atena("held", "list", "--all", "--json")).text);
  return mails.filter((mail) => mail.state === state);
}

/// Runs the steps of a script with a browser; each step's name stands in front of what goes wrong in it.
export async function script(steps) {
  const browser = await chromium.launch({
    executablePath: scene.chromium,
    // Without /dev/shm, which is small in containers: pictures cannot be taken when it is full.
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  let at = "start";
  try {
    await steps(browser, (name) => { at = name; });
  } catch (error) {
    process.stdout.write(`failed at: ${at}\n${error.stack}\n`);
    const pages = browser.contexts().flatMap((context) => context.pages());
    for (const [n, page] of pages.entries()) {
      await picture(page, `failed-${n}`);
      process.stdout.write(`page ${n}: ${page.url()}\n${(unanswered.get(page) ?? []).join("")}`);
    }
    process.exitCode = 1;
  }
  await browser.close();
  process.exit();
}

/// Requests of each page that failed or were refused, to be told when a script fails.
const unanswered = new WeakMap();

/// A visitor with a session of their own, at the list.
export async function enter(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, acceptDownloads: true, ...options });
  // Slow machines are slow, not wrong.
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  const told = [];
  unanswered.set(page, told);
  page.on("requestfailed", (request) => told.push(`  ${request.url()}: ${request.failure()?.errorText}\n`));
  page.on("response", (response) => response.status() >= 400 && told.push(`  ${response.url()}: ${response.status()}\n`));
  page.on("pageerror", (error) => { throw new Error(`the page's script failed: ${error}`); });
  await page.goto((await atena("open", "--print")).text.trim());
  return page;
}

/// Hands a mail to the relay, octet by octet.
export async function hand({ raw, to, from = "ogawa@minato.example" }) {
  const transport = installed("nodemailer").createTransport({ host: "127.0.0.1", port: scene.relay, ignoreTLS: true });
  return transport.sendMail({ envelope: { from, to }, raw });
}

/// Hands a mail over and returns its id.
export async function hold(mail) {
  const { response } = await hand(mail);
  const held = await stored("held");
  const named = held.find(({ id }) => response.includes(id));
  assert.ok(named, `the mail is held, and the answer says so: ${response}`);
  return named.id;
}

/// What holds sooner or later; what it says last is what went wrong.
export async function eventually(holds, patience = 60_000) {
  for (const end = Date.now() + patience; ;) {
    try {
      return await holds();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resume) => setTimeout(resume, 100));
    }
  }
}

export const row = (page, subject) => page.locator("[data-row]", { hasText: subject });

/// Waits for what is seen on a page, and until its keys work: the script runs after the page is seen.
export async function there(locator) {
  await locator.waitFor();
  await locator.page().waitForLoadState();
}

/// Opens a mail from the list.
export async function openMail(page, subject) {
  await row(page, subject).locator("a.open").click();
  await there(page.locator(".mail h1", { hasText: subject }));
}

export async function tickAll(page) {
  for (const box of await page.locator("input[name=tick]").all()) await box.check();
}

/// The notice on top of a page, once it is there.
export async function told(page, words) {
  await there(page.locator(".said:not([hidden])", { hasText: words }));
}

/// A picture for whoever looks at the run; one that a busy machine cannot take is told, and breaks no promise of the page.
export async function picture(page, name) {
  const path = join(scene.pictures, `${name}.png`);
  for (let tries = 3; ; tries -= 1) {
    try {
      return await page.screenshot({ path });
    } catch (error) {
      if (tries > 1) continue;
      process.stdout.write(`no picture ${name}: ${error.message.split("\n")[0]}\n`);
      return undefined;
    }
  }
}

/// Whether the page is wider than its window.
export const isTooWide = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
