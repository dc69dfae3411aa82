// The far side of an SMPP line: an SMS centre built on the npm package `smpp`, told what to do line by line (JSON).
//
// It outlives its connections, as a provider does: what was not acknowledged is brought again after the next bind.
// Orders on standard input:
//   {"set": {…}}      bind: status of the next binds; submit: what to do with the next submit_sm, one after the other
//                     ({status}, {drop: "before"|"after"}, {hold: true}, {early: true}); receipts: which come by
//                     themselves ("none", "once", "twice"); stat: what they say; ids: "plain", or "hex" in the answer
//                     and decimal in the receipt; perSecond: how many it takes
//   {"deliver": {…}}  bring this deliver_sm (short_message in hex)
//   {"drop": true}    break every connection
// On standard output it says, line by line, what happened.
const fs = require('fs');
const smpp = require('smpp');

const state = {bind: 0, submit: [], receipts: 'once', stat: 'DELIVRD', ids: 'plain', perSecond: 0};
const sessions = new Set();
const undelivered = [];
let last = 700000001;
let taken = [];

function say(event, fields) {
  process.stdout.write(JSON.stringify({event, ...fields}) + '\n');
}

function hex(buffer) {
  return Buffer.from(buffer || []).toString('hex');
}

function bring(pdu) {
  undelivered.push(pdu);
  const session = [...sessions][0];
  if (session) {
    hand(session, pdu);
  }
}

function hand(session, pdu) {
  session.deliver_sm({...pdu}, (answer) => {
    say('answered', {status: answer.command_status, about: pdu.about});
    if (answer.command_status === 0) {
      undelivered.splice(undelivered.indexOf(pdu), 1);
    } else {
      setTimeout(() => sessions.has(session) && hand(session, pdu), 100);
    }
  });
}

function receipt(number, id, stat) {
  const when = '2611231000';
  const words = `id:${id} sub:001 dlvrd:001 submit date:${when} done date:${when} stat:${stat} err:000 text:`;
  bring({esm_class: 4, source_addr: number, short_message: Buffer.from(words, 'ascii'), data_coding: 0, about: id});
}

function submitted(session, pdu) {
  const plan = state.submit.shift() || {};
  taken = taken.filter((at) => at > Date.now() - 1000);
  if (state.perSecond && taken.length >= state.perSecond) {
    say('throttled', {});
    session.send(pdu.response({command_status: 0x58}));
    return;
  }
  if (plan.status) {
    say('refused', {status: plan.status});
    session.send(pdu.response({command_status: plan.status}));
    return;
  }
  if (plan.drop === 'before') {
    session.destroy();
    return;
  }
  taken.push(Date.now());
  last += 1;
  const words = pdu.message_payload || pdu.short_message;
  const id = state.ids === 'hex' ? last.toString(16).toUpperCase() : String(last);
  say('submit', {
    id,
    number: pdu.destination_addr,
    source: pdu.source_addr,
    text: words.message,
    udh: (words.udh || []).map ? (words.udh || []).map(hex) : hex(words.udh),
    payload: Boolean(pdu.message_payload),
    coding: pdu.data_coding,
    registered: pdu.registered_delivery,
  });
  const receipts = {none: 0, once: 1, twice: 2}[state.receipts];
  const stat = plan.stat || state.stat;
  const report = () => {
    for (let count = 0; count < receipts; count += 1) {
      receipt(pdu.destination_addr, String(last), stat);
    }
  };
  if (plan.early) {
    report();
  }
  if (plan.drop === 'after') {
    session.destroy();
    return;
  }
  if (plan.hold) {
    return;
  }
  session.send(pdu.response({message_id: id}));
  if (!plan.early) {
    report();
  }
}

// node smsc.js [PORT [KEY.pem CERTIFICATE.pem]]
const [port, key, cert] = process.argv.slice(2);
const secrets = key ? {key: fs.readFileSync(key), cert: fs.readFileSync(cert)} : {};
const server = smpp.createServer(secrets, (session) => {
  session.on('error', () => session.destroy());
  session.on('close', () => {
    sessions.delete(session);
    say('closed', {});
  });
  session.on('bind_transceiver', (pdu) => {
    say('bind', {system_id: pdu.system_id, password: pdu.password, system_type: pdu.system_type, status: state.bind});
    session.send(pdu.response({command_status: state.bind}));
    if (state.bind === 0) {
      sessions.add(session);
      undelivered.slice().forEach((waiting) => hand(session, waiting));
    }
  });
  session.on('submit_sm', (pdu) => submitted(session, pdu));
  session.on('enquire_link', (pdu) => {
    say('enquire', {});
    if (!state.silent) {
      session.send(pdu.response());
    }
  });
  session.on('unbind', (pdu) => {
    say('unbind', {});
    session.send(pdu.response());
    session.close();
  });
});

require('readline').createInterface({input: process.stdin}).on('line', (line) => {
  const order = JSON.parse(line);
  Object.assign(state, order.set || {});
  if (order.deliver) {
    const {short_message: words, ...fields} = order.deliver;
    bring({source_addr: '8613800000021', ...fields, short_message: Buffer.from(words || '', 'hex'), about: 'answer'});
  }
  if (order.ask) {
    sessions.forEach((session) => session.enquire_link({}, () => say('alive', {})));
  }
  if (order.unbind) {
    sessions.forEach((session) => session.unbind({}, () => session.close()));
  }
  if (order.drop) {
    sessions.forEach((session) => session.destroy());
  }
  if (order.garbage) {
    sessions.forEach((session) => session.socket.write(Buffer.from(order.garbage, 'hex')));
  }
  say('done', {});
}).on('close', () => process.exit(0));

server.listen(Number(port || 0), '127.0.0.1', () => say('listening', {port: server.address().port}));
