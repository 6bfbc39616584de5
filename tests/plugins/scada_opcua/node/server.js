// An OPC UA server for the tests that shares no code with asyncua: node-opcua's.
// node server.js FOLDER: prints `port N` when it listens, between its library's warnings, takes lines
// `NAME VALUE`, and ends with its standard input. FOLDER keeps its keys and certificates.
"use strict";
const net = require("net");
const path = require("path");
const readline = require("readline");
const {
    DataType, MessageSecurityMode, OPCUACertificateManager, OPCUAServer, SecurityPolicy, StatusCodes,
    Variant, VariantArrayType, standardUnits,
} = require("node-opcua");

const KINDS = { Pressure: DataType.Double, Count: DataType.Int32, State: DataType.String };

function freePort() {
    return new Promise((resolve) => {
        const trial = net.createServer().listen(0, "127.0.0.1", () => {
            const port = trial.address().port;
            trial.close(() => resolve(port));
        });
    });
}

async function main() {
    const port = await freePort();
    const manager = new OPCUACertificateManager({
        automaticallyAcceptUnknownCertificate: true,
        rootFolder: path.join(process.argv[2], "pki"),
    });
    const server = new OPCUAServer({
        port,
        host: "127.0.0.1",
        hostname: "127.0.0.1",
        resourcePath: "/field",
        serverCertificateManager: manager,
        securityPolicies: [SecurityPolicy.None, SecurityPolicy.Basic256Sha256,
            SecurityPolicy.Aes128_Sha256_RsaOaep, SecurityPolicy.Aes256_Sha256_RsaPss],
        securityModes: [MessageSecurityMode.None, MessageSecurityMode.Sign,
            MessageSecurityMode.SignAndEncrypt],
        allowAnonymous: true,
        userManager: { isValidUser: (name, password) => name === "operator" && password === "s3cret" },
    });
    await server.initialize();
    const space = server.engine.addressSpace;
    const own = space.getOwnNamespace();
    const well = own.addObject({ organizedBy: space.rootFolder.objects, browseName: "Well", nodeId: "s=Well" });
    const nodes = {
        Pressure: own.addAnalogDataItem({
            componentOf: well, browseName: "Pressure", nodeId: "s=Pressure",
            description: "Tubing head pressure", dataType: "Double",
            engineeringUnits: standardUnits.bar, engineeringUnitsRange: { low: 0, high: 400 },
        }),
        Count: own.addVariable({ componentOf: well, browseName: "Count", nodeId: "s=Count", dataType: "Int32" }),
        State: own.addVariable({ componentOf: well, browseName: "State", nodeId: "s=State", dataType: "String" }),
        Row: own.addVariable({
            componentOf: well, browseName: "Row", nodeId: "s=Row", dataType: "Double", valueRank: 1,
            arrayDimensions: [3],
        }),
    };
    nodes.Pressure.setValueFromSource({ dataType: DataType.Double, value: 100 });
    nodes.Count.setValueFromSource({ dataType: DataType.Int32, value: 7 });
    nodes.State.setValueFromSource({ dataType: DataType.String, value: "closed" });
    nodes.Row.setValueFromSource({
        dataType: DataType.Double, arrayType: VariantArrayType.Array, value: new Float64Array([1, 2, 3]),
    });
    const fixed = own.addVariable({
        componentOf: well, browseName: "Serial", nodeId: "s=Serial", dataType: "String",
        accessLevel: "CurrentRead", userAccessLevel: "CurrentRead",
    });
    fixed.setValueFromSource({ dataType: DataType.String, value: "SN-1" });
    space.installHistoricalDataNode(nodes.Count);
    const method = own.addMethod(well, {
        browseName: "Choke", nodeId: "s=Choke",
        inputArguments: [{ name: "position", dataType: DataType.Double, valueRank: -1 }],
        outputArguments: [],
    });
    method.bindMethod((inputs, _, callback) => {
        const position = inputs[0].value;
        if (position < 0 || position > 100) {
            return callback(null, { statusCode: StatusCodes.BadOutOfRange, outputArguments: [] });
        }
        nodes.Pressure.setValueFromSource({ dataType: DataType.Double, value: position });
        callback(null, { statusCode: StatusCodes.Good, outputArguments: [] });
    });
    await server.start();
    readline.createInterface({ input: process.stdin }).on("line", (line) => {
        const [name, text] = line.split(" ");
        const kind = KINDS[name];
        nodes[name].setValueFromSource(new Variant({
            dataType: kind, value: kind === DataType.String ? text : Number(text),
        }));
    }).on("close", () => process.exit(0));
    console.log(`port ${port}`);
}

main().catch((error) => {
    console.error(error);
    process.exit(1);
});
