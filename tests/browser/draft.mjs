// The mail goes back to the mail program as a draft, whole and with those in Bcc.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { ask, enter, hold, openMail, script, stored } from "./desk.mjs";
import { shared } from "./mails.mjs";

await script(async (browser, step) => {
  const mail = shared();
  await hold(mail);
  const page = await enter(browser);
  await openMail(page, mail.subject);

  step("the file is the mail, with two fields in front");
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Back as a draft" }).click()]);
  assert.match(download.suggestedFilename(), /^atena-[0-9a-z]+\.eml$/);
  const draft = (await readFile(await download.path())).toString("latin1");
  const raw = mail.raw.toString("latin1");
  assert.ok(draft.endsWith(raw), "every octet of the mail");
  const fields = draft.slice(0, -raw.length).replace(/\r\n[ \t]+/g, " ").trim().split("\r\n");
  assert.deepEqual(fields, ["X-Unsent: 1", "Bcc: archive@minato.example, mika@aoba.example"]);

  step("the mail stays held until somebody decides");
  assert.equal((await stored("held")).length, 1);

  step("the same lies among the drafts of the mailbox, and the record says so");
  await page.getByText("Put into Drafts …").click();
  await page.getByRole("button", { name: "Put into Drafts" }).click();
  await page.getByRole("status").getByText("The draft lies in your folder of drafts.").waitFor();
  const drafts = await ask("drafts");
  assert.deepEqual(drafts.map((one) => Buffer.from(one, "base64").toString("latin1")), [draft.slice("X-Unsent: 1\r\n".length)]);
  await page.getByText("put into the folder Drafts of mai@own.example at localhost, UID 30").waitFor();
  assert.equal((await stored("held")).length, 1);

  step("a mailbox that is full is told, and nothing is dropped");
  await page.getByText("Put into Drafts …").click();
  await page.getByLabel("then drop it here").check();
  await page.getByRole("button", { name: "Put into Drafts" }).click();
  await page.getByRole("alert").getByText("Quota exceeded").waitFor();
  assert.equal((await stored("held")).length, 1);

  step("once the draft is there, it is");
  await page.getByText("Put into Drafts …").click();
  await page.getByLabel("then drop it here").check();
  await page.getByRole("button", { name: "Put into Drafts" }).click();
  await page.getByRole("status").getByText("the mail was dropped here").waitFor();
  assert.deepEqual([(await stored("dropped")).length, (await ask("drafts")).length], [1, 2]);
});
