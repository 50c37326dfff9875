"""English: what a message is about, what comes with it, and how it begins and ends."""

from __future__ import annotations

CORES: dict[str, list[str]] = {
    "billing": [
        "I was charged twice for order {order}. Both payments of {amount} went through on {date}.",
        "There is a second payment of {amount} to Larkfield on my statement and I only bought one thing.",
        "The invoice for my {product} shows {amount}, but the price on the page was lower when I ordered.",
        "Still waiting for the refund for the {product} I sent back on {date}.",
        "Could you send me an invoice with our company's VAT number on it? The one for {order} is missing it.",
        "My discount code was accepted at checkout and then not taken off the total.",
        "Why did Larkfield Plus go up to {amount} a month? Nobody told me about a new price.",
        "My payment keeps getting declined although the bank says everything is fine on their side.",
        "I paid {amount} by bank transfer {days} days ago and the order still says 'awaiting payment'.",
        "You have billed me for the yearly plan. I picked the monthly one.",
        "What is the {amount} 'service fee' on my last receipt?",
        "The gift card has {amount} left on it but the shop says the balance is zero.",
        "I need receipts for all purchases of last year for my tax return, is there a way to get them at once?",
        "You refunded {amount}, the {product} cost more than that. Where is the rest?",
        "I was billed in dollars even though I chose euros and my bank added a fee.",
        "Can I pay for {order} in instalments?",
        "Someone at your end took {amount} out of my account. I have never ordered anything from you!",
        "My bank has reversed the direct debit by mistake, how do I settle the open {amount}?",
    ],
    "delivery": [
        "Where is my order {order}? It was supposed to be here {days} days ago.",
        "Tracking has said 'out for delivery' since {date} and nothing has come.",
        "The box arrived crushed and the {product} inside is scratched.",
        "I got a {product2} instead of the {product} that I ordered.",
        "Only one of the two parcels of {order} has arrived.",
        "Your courier left the parcel in the rain in front of the door. The {product} is soaked.",
        "The tracking page says delivered, but neither I nor any neighbour has it.",
        "Can you ship to {city}? The shop does not offer it as a destination.",
        "I won't be home this week. Can the {product} be held at a pickup point?",
        "The driver apparently never rang, there was just a card saying 'nobody in'. I was in all day.",
        "How long does shipping to {city} take at the moment?",
        "Customs are asking for paperwork for {order} that I don't have.",
        "I ordered express for {amount} extra and it went out by ordinary mail.",
        "The power cord was missing from the box of my {product}.",
        "It has been {days} days. The depot says they never received the parcel from you.",
        "Please send {order} to my office instead of my home, it has not left your warehouse yet as far as I can see.",
        "The seal on the package was broken when the {product} came. Looks like somebody had opened it.",
        "I have now received the same {product} twice. How do I send one back to you?",
    ],
    "technical": [
        "My {product} won't turn on any more. The light blinks red {n} times and then nothing.",
        "The app crashes every time I open the settings of the {product}.",
        "Since the update to {version} the {product} loses its connection every few minutes.",
        "I can't pair the {product} with my phone over Bluetooth.",
        "The {product} shows error E{n}{n}. The manual does not list it.",
        "The firmware update has been stuck at 87% for {days} hours.",
        "My {product} makes a high-pitched noise as soon as it is plugged in.",
        "The schedule in the app is off by one hour since the clocks changed.",
        "Is the {product} supposed to get this hot? I can hardly touch it after an hour.",
        "It won't find my 5 GHz network, only the 2.4 one.",
        "Nothing happens when I press the button on the back for ten seconds like the guide says.",
        "The {product} and the {product2} won't talk to each other. Each works on its own.",
        "The battery of the {product} is empty after {n} hours. It used to last all week.",
        "Where do I find the reset switch on the {product}?",
        "The screen of my {product} stays black, although it makes its start-up sound.",
        "Exporting my readings from the app gives an empty file.",
        "Voice control stopped understanding me after I changed the language.",
        "The Drip kettle leaks water from underneath, about a cup a day.",
    ],
    "account": [
        "I can't log in. It says my password is wrong but I am sure it isn't.",
        "The password reset mail never arrives, I have tried {n} times and looked in spam.",
        "How do I change the e-mail address of my account?",
        "I seem to have two accounts with you. Can you merge them?",
        "I have a new phone and no longer get the two-factor codes.",
        "My account was locked after three attempts and the unlock link has expired.",
        "Please delete my account and everything you store about me.",
        "My name is spelled wrong in my profile and the field can't be edited.",
        "I want to add my wife to our household so that she can control the {product} too.",
        "Somebody changed the password of my profile. It was not me.",
        "I did not get the confirmation link after signing up.",
        "Which data do you have about me? I would like a copy under the GDPR.",
        "How can I stop the newsletter? Unsubscribing does not work when I am signed in.",
        "My purchase history is gone since you moved to the new website.",
        "I can sign in on the website but the app says the user does not exist.",
        "My father passed away. How can I take over his login for the {product}?",
        "Please switch my profile from private to business.",
    ],
    "cancellation": [
        "Please cancel order {order}, I ordered the wrong size.",
        "I would like to cancel my Larkfield Plus subscription at the end of the month.",
        "How do I stop the free trial before it turns into a paid plan?",
        "I don't want the {product} any more. It has not shipped yet, so please call it off.",
        "I withdraw from my purchase of the {product} of {date} within the fourteen days.",
        "Do not renew my plan. I no longer use it.",
        "I pressed 'cancel subscription' twice and it is still active.",
        "I need to end my contract early because I am moving abroad.",
        "Please take me off the yearly plan. I can't find the button for it.",
        "My cancellation of {date} was never confirmed. Please confirm it in writing.",
        "I found the {product} cheaper elsewhere, so scrap my order please.",
        "What is the notice period for the service plan? I want out.",
        "I've changed my mind about {order}. Is it too late?",
        "Terminate my membership immediately.",
        "I ordered two by accident, please cancel one of them.",
        "We are closing the office and will not need the maintenance plan from next month on.",
    ],
    "feedback": [
        "I just wanted to say that the {product} is wonderful. Best thing I have bought all year.",
        "The person on the phone yesterday was very patient with me. Please pass on my thanks!",
        "It would be great if the app had a dark mode.",
        "Honestly, the new website is a step back. I need four clicks for what used to be one.",
        "Your packaging is far too big. All that plastic for one {product}?",
        "The {product} does what it should, but the manual reads as if nobody had checked it.",
        "A suggestion: let us sort the devices by room.",
        "I was kept on hold for {n}0 minutes. That is no way to treat customers.",
        "Five stars for the {product}, two for the instructions.",
        "Love the new colours of the {product}. Please bring out a green one.",
        "The chat bot is useless. Please let people talk to people.",
        "My daughter loves her {product}, thank you for making something that lasts.",
        "I found the tone of your last letter rather rude.",
        "Could the {product} learn to show the temperature in Kelvin? I teach physics and my class would enjoy it.",
        "Quick note to say that the repair was done well and on time.",
        "The new recipe videos are excellent, more of those please.",
    ],
    "other": [
        "Do you have a shop in {city} where I can see the {product}?",
        "Is the {product} going to be back in stock before summer?",
        "I am writing a school report about home electronics. May I ask you a few questions?",
        "Are you hiring at the moment? I'd like to apply as a technician.",
        "Does the {product} work with a 110 volt outlet?",
        "We run a small hotel and would like {n}0 {product}s. Who handles wholesale?",
        "What are your opening hours over the holidays?",
        "Which one would you recommend for a room of {n}0 square metres, the {product} or the {product2}?",
        "I think I wrote to the wrong company, sorry.",
        "Do you take old devices for recycling?",
        "Is the {product} made without animal products?",
        "We are a local paper and would like a comment from your press office.",
        "Who designed the {product}? I collect household design and would like to give credit.",
        "Can I use a photo of the {product} from your site in a presentation?",
        "Is there a student version of the {product}?",
        "Does the warranty cover a {product} that was bought second hand?",
    ],
}

DETAILS: dict[str, list[str]] = {
    "billing": [
        "I attach a screenshot of my statement.",
        "Please check this and put it right.",
        "My bank says that the problem is on your side.",
        "This is the second time it has happened to me.",
        "I expect the money back within {n} working days.",
        "The amounts in my profile and on paper do not agree.",
        "It is only a small sum, but it should be right.",
        "Please look into it.",
    ],
    "delivery": [
        "The tracking number is {tracking}.",
        "It was meant as a birthday present for Saturday.",
        "The carrier sends me to you and you send me to the carrier.",
        "Please let me know what happens next.",
        "The order number is {order}.",
        "I took half a day off work for this.",
        "Please send a new one or tell me what to do.",
        "I live on the third floor, and there is a bell with my name.",
    ],
    "technical": [
        "I have already restarted it, unplugged it and reinstalled the app.",
        "Serial number {serial}, bought on {date}.",
        "It worked fine until last week.",
        "The same happens on my wife's phone.",
        "My router is at 192.0.2.{n}, in case that matters.",
        "App version {version}, Android 15.",
        "Is this a known problem?",
        "Do I have to send it in?",
    ],
    "account": [
        "I use the same browser as always.",
        "The page only says 'Something went wrong'.",
        "I have been a customer for {n} years.",
        "I need access today because my invoices are in there.",
        "It worked on {date}.",
        "My customer number is {customer}.",
        "I never had this problem with the old site.",
    ],
    "cancellation": [
        "Please confirm.",
        "I don't need anything else from you.",
        "It is nothing personal, we just have no use for it.",
        "I found nothing about it in your terms.",
        "My customer number is {customer}.",
        "Please don't try to change my mind.",
        "And please confirm that nothing more will be collected.",
    ],
    "feedback": [
        "I thought you should know.",
        "I hope that somebody reads this.",
        "I have told my friends about it.",
        "Just my two cents.",
        "I've been with you for {n} years, so I thought I'd mention it.",
        "That is all.",
    ],
    "other": [
        "Thanks for any hint.",
        "I could not find it on your website.",
        "I'm in no hurry.",
        "A short answer is enough.",
        "My neighbour recommended you.",
    ],
}

URGENT = [
    "This is urgent.",
    "I need an answer by tomorrow morning.",
    "Please treat this as an emergency.",
    "If I do not hear back today I will go to my lawyer.",
    "URGENT!!",
    "Please reply as soon as you can.",
]

GREETINGS = [
    "Hi,", "Hello,", "Dear Sir or Madam,", "Dear Larkfield team,", "Good morning,", "Hi there,",
    "To whom it may concern,", "Hey folks,", "Good evening,", "Hello Larkfield,",
]  # fmt: skip

CLOSINGS = [
    "Best regards,\n{name}", "Thanks,\n{name}", "Kind regards\n{name}", "Cheers, {name}",
    "Yours sincerely,\n{name}", "Thank you!\n{name}", "Best,\n{name}\n\nSent from my phone",
    "Regards\n{name}", "Many thanks in advance,\n{name}",
]  # fmt: skip

CHAT_OPENINGS = ["hi", "hey", "hello", "hello, quick question:", "yo", "hi again,", "good morning"]

SUBJECTS = {
    "billing": ["Question about a payment", "Wrong amount", "Invoice", "money back"],
    "delivery": ["Parcel", "Where is it?", "Order {order}", "Problem with a delivery"],
    "technical": ["{product} not working", "Help with my {product}", "Fault", "App problem"],
    "account": ["Login", "My account", "Access", "profile question"],
    "cancellation": ["Cancellation", "Order {order}", "Please cancel", "Subscription"],
    "feedback": ["Feedback", "A word of thanks", "Suggestion", "Your service"],
    "other": ["Question", "General enquiry", "Request", "(no subject)"],
}

CONTACTS: dict[str, list[str]] = {
    "email": [
        "You can reach me at {email}.",
        "Please reply to {email}, I don't read the other mailbox any more.",
        "My e-mail is {email}.",
        "The account is under {email}.",
        "E-mail: {email}",
        "({email})",
        "Copy {email} on your answer please.",
        "mailto:{email}",
    ],
    "phone": [
        "Call me on {phone}.",
        "My number is {phone}, best after six.",
        "You can also reach me by phone: {phone}",
        "Tel. {phone}",
        "Text me at {phone} when it is sorted.",
        "My mobile: {phone}.",
        "ring my husband, {phone}",
        "I'm at work until five, so try {phone} please.",
    ],
    "card": [
        "I paid with card {card}.",
        "The card in question is {card}, valid until 11/29.",
        "My credit card number is {card}, please check.",
        "Card: {card}",
    ],
    "ssn": [
        "My social security number is {ssn}, if you need it to find me.",
        "SSN {ssn}.",
        "Your form also asked for my SSN, it is {ssn}.",
        "To verify: {name}, {ssn}.",
    ],
    "address": [
        "My address is {address}.",
        "I have moved, I now live at {address}.",
        "We are at {address}, the green door round the back.",
    ],
}

# Which kinds of personal data people give away when they write about a topic.
KINDS: dict[str, list[str]] = {
    "billing": ["email", "phone", "card", "card", "ssn", "address"],
    "delivery": ["email", "phone", "address", "address"],
    "technical": ["email", "phone", "address"],
    "account": ["email", "phone", "ssn", "ssn", "address"],
    "cancellation": ["email", "phone", "card", "address"],
    "feedback": ["email", "phone"],
    "other": ["email", "phone", "address"],
}

CONTACTS_OF_TOPIC: dict[tuple[str, str], list[str]] = {
    ("phone", "delivery"): ["The driver may call {phone} before he comes."],
    ("card", "billing"): [
        "It was taken from my Visa, {card}.",
        "Please use {card} from now on.",
    ],
    ("address", "delivery"): [
        "It should have gone to {address}, not to the old flat.",
        "Deliver to: {name}, {address}",
        "Please send it to {address}.",
    ],
    ("address", "technical"): ["You can pick it up from {address}."],
    ("address", "billing"): ["The invoice should go to {address}."],
    ("ssn", "billing"): ["For the credit check: {ssn} (SSN)."],
    ("email", "account"): [
        "It is my wife's profile: {email}.",
        "I signed up with {email} I think.",
    ],
}

# What is meant is plain to a reader, while a pattern for the usual spelling misses it.
DISGUISED: dict[str, list[str]] = {
    "email": [
        "Write to {mailbox} at example dot org, the site does not let me type the sign.",
        "My mail is {mailbox} (at) example (dot) com.",
    ],
    "phone": [
        "My number is oh two oh, seven nine four six, oh one double four.",
        "Call me: five five five, zero one, three seven, area code two one two.",
    ],
    "ssn": ["The last thing you asked for, my social: nine twelve, forty, sixty-six oh three."],
    "address": [
        "I am in the yellow house at the end of Tarnbrook, number nine Old Ferry Steps.",
        "Flat 4, The Old Granary, Eldermere, QX7 1LP is where I live.",
    ],
}

# Looks like personal data, and is not.
LOOKALIKES = [
    "The part I need has the number 914-20-3381.",
    "I already wrote to support@larkfield.example and got no answer.",
    "It was the card ending in 4242.",
    "Reference 0049 3023 1250 18 on your letter.",
    "Your hotline 0808 157 0100 is always busy.",
    "Tracking says {tracking}.",
    "The sticker on the back reads 4000 0012 3456 7893 0.",
    "I walked past your store on Market Street twice and it was closed.",
    "My ticket is number 202-555-41.",
    "The log has the line user@host:~$ over and over.",
    "They sent me from noreply@larkfield.example to a form that does not exist.",
    "The manual 12 Way Valve Guide is of no help.",
]

HESITATIONS = ["Yes, um, hello. ", "Hi. So, ", "Well, ", "Right, so, ", ""]
AGENT_FIRST = [
    "Larkfield, good morning, how can I help?",
    "Larkfield support, you are speaking with Dana.",
    "Thank you for holding. What can I do for you?",
]
AGENT_LISTENS = ["I see.", "I am sorry to hear that.", "Let me have a look.", "One moment, please."]
AGENT_LAST = ["Thank you, bye.", "We will be in touch.", "I have made a note of it. Goodbye."]
QUESTIONS = {
    "email": "What is the best e-mail for you?",
    "phone": "And a number to call you back?",
    "card": "How did you pay?",
    "ssn": "Anything else on file that I could find you by?",
    "address": "Which address is that?",
}

STORY = [
    "I called and was told to wait for two more days.",
    "Nobody answered my message of that morning.",
    "I made myself a coffee and tried again.",
    "My sister thinks that I should give up, but I am stubborn.",
    "The person in the chat was friendly and could not do anything.",
    "I wrote everything down this time, with the hour and the name.",
    "In the evening I read your terms from the first to the last page.",
    "I was promised a call before noon, and the telephone stayed silent.",
    "A colleague of mine has had the same trouble with you.",
    "The form lost what I had typed, so I typed it again.",
    "By then I had lost count of the reference numbers.",
    "It rained all day, which did not help my mood.",
    "Then I was asked the same three questions once more.",
    "I do not blame the people on the phone, they follow a script.",
]

SHORT: list[tuple[str, str]] = [
    ("Where is my order?", "delivery"),
    ("where is my parcel", "delivery"),
    ("I want to cancel.", "cancellation"),
    ("cancel my subscription", "cancellation"),
    ("I can't log in", "account"),
    ("password reset", "account"),
    ("forgot my password", "account"),
    ("Thanks!", "feedback"),
    ("Thank you, that solved it.", "feedback"),
    ("great service 👍", "feedback"),
    ("refund?", "billing"),
    ("I was charged twice", "billing"),
    ("it doesn't work", "technical"),
    ("The app keeps crashing", "technical"),
    ("wifi not connecting", "technical"),
    ("hi", "other"),
    ("Hello", "other"),
    ("Can I talk to a human?", "other"),
    ("ok", "other"),
    ("test", "other"),
    ("any news on my delivery?", "delivery"),
    ("Please call me back.", "other"),
    ("how do I reset it", "technical"),
    ("still no refund", "billing"),
    ("What are your opening hours?", "other"),
    ("unsubscribe", "account"),
]
